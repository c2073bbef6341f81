#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/clock/clock.h"
#include "libs/division/county.h"
#include "libs/journal/time.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/rpc/pairing_rpc.h"
#include "services/pairing/rpc/read.h"

namespace tonghu::pairing {
namespace {

// The one that has `today`, else the next one, else the last one. `calendars` is not empty, by first day.
const TermCalendar& InForce(const std::vector<TermCalendar>& calendars, absl::CivilDay today) {
  for (const TermCalendar& calendar : calendars) {
    if (calendar.calendar.terms().front().last >= today) return calendar;
  }
  return calendars.back();
}

absl::StatusOr<v1::SchoolCalendar> ReadOne(postgres::Connection& db,
                                           const v1::GetSchoolCalendarRequest& request, absl::Time now) {
  auto school = ids::ParseName(request.school(), "schools", "school");
  if (!school.ok()) return school.status();
  auto calendars = ReadCalendars(db, *school);
  if (!calendars.ok()) return calendars.status();
  if (calendars->empty()) return NoCalendar("school");
  if (request.term().empty()) return ToProto(*school, InForce(*calendars, clock::DayOf(now)));
  for (const TermCalendar& calendar : *calendars) {
    if (calendar.term == request.term()) return ToProto(*school, calendar);
  }
  return NoCalendar("term");
}

absl::StatusOr<v1::ListSchoolCalendarsResponse> ReadAll(postgres::Connection& db,
                                                        const v1::ListSchoolCalendarsRequest& request) {
  auto school = ids::ParseName(request.school(), "schools", "school");
  if (!school.ok()) return school.status();
  auto calendars = ReadCalendars(db, *school);
  if (!calendars.ok()) return calendars.status();
  v1::ListSchoolCalendarsResponse response;
  for (const TermCalendar& calendar : *calendars) *response.add_calendars() = ToProto(*school, calendar);
  return response;
}

absl::StatusOr<v1::TalkPolicy> ReadOnePolicy(postgres::Connection& db,
                                             const v1::GetTalkPolicyRequest& request) {
  auto county = division::ParseCounty(request.parent(), "parent");
  if (!county.ok()) return county.status();
  auto policy = ReadPolicy(db, *county);
  if (!policy.ok()) return policy.status();
  return ToProto(*county, *policy);
}

}  // namespace

CalendarRpc::CalendarRpc(journal::Node& node)
    : node_(node),
      put_calendar_(node.executor(), "PutSchoolCalendar", PutCalendars),
      delete_calendar_(node.executor(), "DeleteSchoolCalendar", DeleteCalendars),
      put_policy_(node.executor(), "PutTalkPolicy", PutPolicies) {}

Reactor* CalendarRpc::PutSchoolCalendar(Context* context, const v1::PutSchoolCalendarRequest* request,
                                        v1::SchoolCalendar* response) {
  return journal::RunCommand(
      put_calendar_, context, request, response,
      journal::CountyOf(ids::ParseName(request->calendar().school(), "schools", "calendar.school")));
}

Reactor* CalendarRpc::GetSchoolCalendar(Context* context, const v1::GetSchoolCalendarRequest* request,
                                        v1::SchoolCalendar* response) {
  return ReadList(node_, context, request, response,
                  [this](postgres::Connection& db, const v1::GetSchoolCalendarRequest& r) {
                    auto now = journal::Now(db, node_.clock());
                    return now.ok() ? ReadOne(db, r, *now) : now.status();
                  });
}

Reactor* CalendarRpc::ListSchoolCalendars(Context* context, const v1::ListSchoolCalendarsRequest* request,
                                          v1::ListSchoolCalendarsResponse* response) {
  return ReadList(node_, context, request, response, ReadAll);
}

Reactor* CalendarRpc::DeleteSchoolCalendar(Context* context, const v1::DeleteSchoolCalendarRequest* request,
                                           v1::DeleteSchoolCalendarResponse* response) {
  return journal::RunCommand(delete_calendar_, context, request, response,
                             journal::CountyOf(ids::ParseName(request->school(), "schools", "school")));
}

Reactor* CalendarRpc::PutTalkPolicy(Context* context, const v1::PutTalkPolicyRequest* request,
                                    v1::TalkPolicy* response) {
  return journal::RunCommand(put_policy_, context, request, response,
                             division::ParseCounty(request->policy().parent(), "policy.parent"));
}

Reactor* CalendarRpc::GetTalkPolicy(Context* context, const v1::GetTalkPolicyRequest* request,
                                    v1::TalkPolicy* response) {
  return ReadList(node_, context, request, response, ReadOnePolicy);
}

}  // namespace tonghu::pairing
