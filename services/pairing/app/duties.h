// Excusing duties; calendars and the cadence that make them.
#pragma once

#include "libs/journal/command_executor.h"
#include "services/pairing/postgres/calendar_store.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::pairing {

using ExcuseDutyCommandHandler = journal::CommandHandler<v1::ExcuseDutyRequest, v1::Duty>;
using PutCalendarCommandHandler = journal::CommandHandler<v1::PutSchoolCalendarRequest, v1::SchoolCalendar>;
using DeleteCalendarCommandHandler =
    journal::CommandHandler<v1::DeleteSchoolCalendarRequest, v1::DeleteSchoolCalendarResponse>;
using PutPolicyCommandHandler = journal::CommandHandler<v1::PutTalkPolicyRequest, v1::TalkPolicy>;

// Refusals: DUTY_NOT_FOUND, DUTY_CLOSED, REASON_MISSING, REASON_TOO_LONG.
absl::Status ExcuseDuties(journal::ShardTransaction& transaction,
                          ExcuseDutyCommandHandler::Commands commands);
// Weeks that have not begun are planned anew, and what this one lacks is made. Refusals: CALENDAR_MALFORMED,
// TERM_MALFORMED, TERMS_OVERLAP, TERM_MOVED, SCHOOL_NOT_FOUND.
absl::Status PutCalendars(journal::ShardTransaction& transaction,
                          PutCalendarCommandHandler::Commands commands);
// The same. Refusals: SCHOOL_NOT_FOUND, CALENDAR_NOT_FOUND.
absl::Status DeleteCalendars(journal::ShardTransaction& transaction,
                             DeleteCalendarCommandHandler::Commands commands);
// A new version; what is not given stays. Refusals: as CheckPolicy.
absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyCommandHandler::Commands commands);

v1::SchoolCalendar ToProto(const ids::Name& school, const TermCalendar& calendar);
v1::TalkPolicy ToProto(const std::string& county, const TalkPolicy& policy);

}  // namespace tonghu::pairing
