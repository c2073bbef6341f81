// tonghuctl calendar: a school's term, holidays and make-up days.
#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;

struct PutOptions {
  std::string county, school, first, last;
  std::vector<std::string> holidays, makeups;
};
struct GetOptions {
  std::string county, school;
};

absl::Status Show(const Session& session, const absl::StatusOr<SchoolCalendar>& calendar) {
  if (!calendar.ok()) return calendar.status();
  session.output.Show(*calendar, [&] {
    Table table({"项目", "内容"});
    table.Add({"学校", calendar->school()});
    table.Add({"学期", fmt::format("{} 至 {}", calendar->first_day(), calendar->last_day())});
    table.Add({"放假", absl::StrJoin(calendar->holidays(), " ")});
    table.Add({"调休上课", absl::StrJoin(calendar->makeup_days(), " ")});
    return table.Text();
  });
  return absl::OkStatus();
}

absl::Status Put(Session& session, const PutOptions& options) {
  Typed typed(options.county);
  PutSchoolCalendarRequest request;
  SchoolCalendar* calendar = request.mutable_calendar();
  calendar->set_school(typed.Name("SCHOOL", "schools", options.school));
  calendar->set_first_day(typed.Day("--first", options.first));
  calendar->set_last_day(typed.Day("--last", options.last));
  for (const std::string& day : options.makeups) calendar->add_makeup_days(typed.Day("--makeup", day));
  if (!typed.ok()) return typed.status();
  for (const std::string& text : options.holidays) {
    const auto days = ParseHolidays(text);
    if (!days.ok()) return UsageError(fmt::format("--holiday {}", std::string(days.status().message())));
    for (const std::string& day : *days) calendar->add_holidays(day);
  }
  return Show(session,
              session.client().Tell<CalendarService>(&CalendarService::Stub::PutSchoolCalendar, request));
}

absl::Status Get(Session& session, const GetOptions& options) {
  Typed typed(options.county);
  GetSchoolCalendarRequest request;
  request.set_school(typed.Name("SCHOOL", "schools", options.school));
  if (!typed.ok()) return typed.status();
  return Show(session,
              session.client().Ask<CalendarService>(&CalendarService::Stub::GetSchoolCalendar, request));
}

}  // namespace

void AddCalendar(Command app, Session& session) {
  const Command group =
      AddGroup(app, "calendar", "School calendars: talks are owed for weeks with school days");
  {
    auto [command, options] =
        AddCommand<PutOptions>(group, session,
                               {"put", "Set a school's calendar for a term",
                                "calendar put 2152990001 --county 520521 --first 2026-09-01 --last "
                                "2027-01-15 --holiday 2026-10-01..2026-10-07 --makeup 2026-10-10"},
                               Put);
    command.AddOption("SCHOOL,--school", options.school, "Id or full name").Required();
    AddCounty(command, options.county);
    command.AddOption("--first", options.first, "First day, YYYY-MM-DD").Required();
    command.AddOption("--last", options.last, "Last day, YYYY-MM-DD").Required();
    command.AddOption("--holiday", options.holidays,
                      "Days without school: a day or FIRST..LAST, of which weekdays are taken");
    command.AddOption("--makeup", options.makeups, "Saturdays and Sundays with school");
  }
  auto [command, options] = AddCommand<GetOptions>(
      group, session, {"get", "Show a school's calendar", "calendar get 2152990001 --county 520521"}, Get);
  command.AddOption("SCHOOL,--school", options.school, "Id or full name").Required();
  AddCounty(command, options.county);
}

}  // namespace tonghu::tonghuctl
