// Excusing duties; calendars and the cadence that make them.
#pragma once

#include "libs/journal/writer.h"
#include "services/pairing/postgres/duty_store.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::pairing {

using ExcuseDutyLane = journal::Lane<v1::ExcuseDutyRequest, v1::Duty>;
using PutCalendarLane = journal::Lane<v1::PutSchoolCalendarRequest, v1::SchoolCalendar>;
using PutPolicyLane = journal::Lane<v1::PutTalkPolicyRequest, v1::TalkPolicy>;

// Refusals: UNKNOWN_DUTY, DUTY_CLOSED, REASON_MISSING, REASON_TOO_LONG.
absl::Status ExcuseDuties(journal::ShardTransaction& transaction, ExcuseDutyLane::Slots slots);
// Weeks that have not begun are planned anew. Refusals: CALENDAR_MALFORMED.
absl::Status PutCalendars(journal::ShardTransaction& transaction, PutCalendarLane::Slots slots);
// A new version. Refusals: as CheckPolicy.
absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyLane::Slots slots);

v1::TalkPolicy ToProto(const std::string& county, const TalkPolicy& policy);

}  // namespace tonghu::pairing
