// Use cases of duties: excusing them, the calendars from which they follow, and the policies of their kinds.
// Each decides a batch of commands of one shard in the given transaction and sets every reply. A status other
// than OK undoes the transaction; refusals are replies.
#pragma once

#include <functional>
#include <string>

#include "libs/journal/command_executor.h"
#include "services/pairing/postgres/calendar_store.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::pairing {

using ExcuseDutyCommandHandler = journal::CommandHandler<v1::ExcuseDutyRequest, v1::Duty>;
using PutCalendarCommandHandler = journal::CommandHandler<v1::PutSchoolCalendarRequest, v1::SchoolCalendar>;
using DeleteCalendarCommandHandler =
    journal::CommandHandler<v1::DeleteSchoolCalendarRequest, v1::DeleteSchoolCalendarResponse>;
using PutCountyCalendarCommandHandler =
    journal::CommandHandler<v1::PutCountyCalendarRequest, v1::CountyCalendar>;
using DeleteCountyCalendarCommandHandler =
    journal::CommandHandler<v1::DeleteCountyCalendarRequest, v1::DeleteCountyCalendarResponse>;
using PutPolicyCommandHandler = journal::CommandHandler<v1::PutDutyPolicyRequest, v1::DutyPolicy>;
using DeletePolicyCommandHandler = journal::CommandHandler<v1::DeleteDutyPolicyRequest, v1::DutyPolicy>;

// Excuses open duties. Refusals: DUTY_NOT_FOUND, DUTY_CLOSED, REASON_MISSING, REASON_TOO_LONG.
absl::Status ExcuseDuties(journal::ShardTransaction& transaction,
                          ExcuseDutyCommandHandler::Commands commands);
// Sets calendars of terms. Duties of windows that have not begun are planned anew, and those that the present
// window lacks are made. Refusals: CALENDAR_MALFORMED, TERM_MALFORMED, TERMS_OVERLAP, TERM_MOVED,
// SCHOOL_NOT_FOUND.
absl::Status PutCalendars(journal::ShardTransaction& transaction,
                          PutCalendarCommandHandler::Commands commands);
// Takes schools' own calendars away and plans as PutCalendars does. Refusals: SCHOOL_NOT_FOUND,
// CALENDAR_NOT_FOUND, CALENDAR_INHERITED.
absl::Status DeleteCalendars(journal::ShardTransaction& transaction,
                             DeleteCalendarCommandHandler::Commands commands);
// Sets calendars of counties, or of the province; the schools without their own follow afterwards
// (FollowCalendars). Refusals: CALENDAR_MALFORMED, TERM_MALFORMED, TERMS_OVERLAP, TERM_MOVED.
absl::Status PutCountyCalendars(journal::ShardTransaction& transaction,
                                PutCountyCalendarCommandHandler::Commands commands);
// Takes them away; the schools follow afterwards. Refusals: CALENDAR_NOT_FOUND.
absl::Status DeleteCountyCalendars(journal::ShardTransaction& transaction,
                                   DeleteCountyCalendarCommandHandler::Commands commands);
// Reads the calendars that hold for the county's schools without their own, by first day. Errors: the
// connection's.
absl::StatusOr<v1::ListCountyCalendarsResponse> ListCountyCalendars(postgres::Connection& db,
                                                                    const std::string& county);
// Sets a policy of a county, or of the province, as a new version; what is not given stays. All pairings of
// the county, or of all counties, are planned anew afterwards (ReplanCounties). Refusals: as KindOf, ScopeOf
// and Change.
absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyCommandHandler::Commands commands);
// Ends policies of one's own, and plans as PutPolicies does. Refusals: as KindOf and ScopeOf,
// DUTY_POLICY_NOT_FOUND, EFFECTIVE_FROM_OUT_OF_RANGE.
absl::Status DeletePolicies(journal::ShardTransaction& transaction,
                            DeletePolicyCommandHandler::Commands commands);
// Reads the version that holds at `now` for children of the request's school and care level; the built-in one
// when the county has set none. Refusals: as KindOf and ScopeOf. Errors: the connection's.
absl::StatusOr<v1::DutyPolicy> GetPolicy(postgres::Connection& db, const std::string& county,
                                         const v1::GetDutyPolicyRequest& request, absl::Time now);
using ApplyPolicySetCommandHandler =
    journal::CommandHandler<v1::ApplyDutyPolicySetRequest, v1::ApplyDutyPolicySetResponse>;
// Puts the policies of ready sets, of each set all or none, and plans as PutPolicies does. Refusals:
// DUTY_POLICY_SET_NOT_FOUND, EFFECTIVE_FROM_OUT_OF_RANGE; as ScopeOf.
absl::Status ApplyPolicySets(journal::ShardTransaction& transaction,
                             ApplyPolicySetCommandHandler::Commands commands);
// The ready sets, as policies of the county.
v1::ListDutyPolicySetsResponse ListPolicySets(const std::string& county);
// Reads the versions of all kinds that hold at `now` or are to come. Errors: the connection's.
absl::StatusOr<v1::ListDutyPoliciesResponse> ListPolicies(postgres::Connection& db, const std::string& county,
                                                          absl::Time now);

// Tries a draft against what was done until `now`, beside the version in effect, and changes nothing. Gives
// up when `wanted` says that nobody waits for the answer. Refusals: as PutPolicies, but for the first day,
// which does not count; DATE_MALFORMED; as CheckTrialDays. Errors: the connection's.
absl::StatusOr<v1::TryDutyPolicyResponse> TryPolicy(postgres::Connection& db, const std::string& county,
                                                    const v1::TryDutyPolicyRequest& request, absl::Time now,
                                                    const std::function<bool()>& wanted);

}  // namespace tonghu::pairing
