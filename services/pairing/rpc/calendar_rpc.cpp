#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/division/county.h"
#include "services/pairing/postgres/queries.h"
#include "services/pairing/rpc/pairing_rpc.h"
#include "services/pairing/rpc/read.h"

namespace tonghu::pairing {
namespace {

absl::StatusOr<v1::SchoolCalendar> ReadOne(postgres::Connection& db,
                                           const v1::GetSchoolCalendarRequest& request) {
  auto school = ids::ParseName(request.school(), "schools", "school");
  if (!school.ok()) return school.status();
  auto calendar = ReadCalendar(db, *school);
  if (!calendar.ok()) return calendar.status();
  v1::SchoolCalendar proto;
  proto.set_school(request.school());
  proto.set_first_day(absl::FormatCivilTime(calendar->terms().front().first));
  proto.set_last_day(absl::FormatCivilTime(calendar->terms().back().last));
  for (const calendar::Holiday& holiday : calendar->holidays()) {
    for (absl::CivilDay day = holiday.first; day <= holiday.last; ++day)
      proto.add_holidays(absl::FormatCivilTime(day));
  }
  for (absl::CivilDay day : calendar->make_up_days()) proto.add_makeup_days(absl::FormatCivilTime(day));
  return proto;
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
      put_calendar_(node.writer(), "PutSchoolCalendar", PutCalendars),
      put_policy_(node.writer(), "PutTalkPolicy", PutPolicies) {}

Reactor* CalendarRpc::PutSchoolCalendar(Context* context, const v1::PutSchoolCalendarRequest* request,
                                        v1::SchoolCalendar* response) {
  return journal::RunCommand(
      put_calendar_, context, request, response,
      journal::CountyOf(ids::ParseName(request->calendar().school(), "schools", "calendar.school")));
}

Reactor* CalendarRpc::GetSchoolCalendar(Context* context, const v1::GetSchoolCalendarRequest* request,
                                        v1::SchoolCalendar* response) {
  return ReadList(node_, context, request, response, ReadOne);
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
