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
  std::string county, school, term, first, last;
  std::vector<std::string> holidays, makeups;
};
struct GetOptions {
  std::string county, school, term;
};

std::string Text(const SchoolCalendar& calendar) {
  Table table({"项目", "内容"});
  table.Add({"学校", calendar.school()});
  table.Add({"学期", calendar.term()});
  table.Add({"起止", fmt::format("{} 至 {}", calendar.first_day(), calendar.last_day())});
  table.Add({"放假", absl::StrJoin(calendar.holidays(), " ")});
  table.Add({"调休上课", absl::StrJoin(calendar.makeup_days(), " ")});
  return table.Text();
}

absl::Status Put(Session& session, const PutOptions& options) {
  Typed typed(options.county);
  PutSchoolCalendarRequest request;
  SchoolCalendar* calendar = request.mutable_calendar();
  calendar->set_school(typed.Name("SCHOOL", "schools", options.school));
  calendar->set_term(options.term);
  calendar->set_first_day(typed.Day("--first", options.first));
  calendar->set_last_day(typed.Day("--last", options.last));
  for (const std::string& day : options.makeups) calendar->add_makeup_days(typed.Day("--makeup", day));
  if (!typed.ok()) return typed.status();
  for (const std::string& text : options.holidays) {
    const auto days = ParseHolidays(text);
    if (!days.ok()) return UsageError(fmt::format("--holiday {}", std::string(days.status().message())));
    for (const std::string& day : *days) calendar->add_holidays(day);
  }
  const auto put = session.client().Call(&CalendarService::Stub::PutSchoolCalendar, request);
  if (!put.ok()) return put.status();
  session.output.Show(*put, [&] {
    return Text(*put) +
           fmt::format("今后四周新增 {} 次谈心，取消 {} 次\n", put->duties_made(), put->duties_taken_away());
  });
  return absl::OkStatus();
}

absl::Status Get(Session& session, const GetOptions& options) {
  Typed typed(options.county);
  GetSchoolCalendarRequest request;
  request.set_school(typed.Name("SCHOOL", "schools", options.school));
  request.set_term(options.term);
  if (!typed.ok()) return typed.status();
  const auto calendar = session.client().Call(&CalendarService::Stub::GetSchoolCalendar, request);
  if (!calendar.ok()) return calendar.status();
  session.output.Show(*calendar, [&] { return Text(*calendar); });
  return absl::OkStatus();
}

absl::Status List(Session& session, const GetOptions& options) {
  Typed typed(options.county);
  ListSchoolCalendarsRequest request;
  request.set_school(typed.Name("SCHOOL", "schools", options.school));
  if (!typed.ok()) return typed.status();
  const auto found = session.client().Call(&CalendarService::Stub::ListSchoolCalendars, request);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] {
    Table table({"学期", "第一天", "最后一天", "放假", "调休上课"});
    for (const SchoolCalendar& calendar : found->calendars()) {
      table.Add({calendar.term(), calendar.first_day(), calendar.last_day(),
                 fmt::format("{} 天", calendar.holidays_size()),
                 fmt::format("{} 天", calendar.makeup_days_size())});
    }
    return table.Text() + fmt::format("列出 {} 个学期\n", found->calendars_size());
  });
  return absl::OkStatus();
}

absl::Status Delete(Session& session, const GetOptions& options) {
  Typed typed(options.county);
  DeleteSchoolCalendarRequest request;
  request.set_school(typed.Name("SCHOOL", "schools", options.school));
  request.set_term(options.term);
  if (!typed.ok()) return typed.status();
  const auto deleted = session.client().Call(&CalendarService::Stub::DeleteSchoolCalendar, request);
  if (!deleted.ok()) return deleted.status();
  session.output.Show(*deleted, [&] {
    return fmt::format("已删除，今后四周取消 {} 次谈心\n", deleted->duties_taken_away());
  });
  return absl::OkStatus();
}

}  // namespace

void AddCalendar(Command app, Session& session) {
  const Command group =
      AddGroup(app, "calendar", "School calendars: talks are owed for weeks with school days");
  {
    auto [command, options] = AddCommand<PutOptions>(
        group, session,
        {"put",
         "Set a school's calendar for one term; other terms stay as they are. Says how many "
         "talks come and go",
         "calendar put 2152990001 --county 520521 --first 2026-09-01 --last "
         "2027-01-15 --holiday 2026-10-01..2026-10-07 --makeup 2026-10-10"},
        Put);
    command.AddOption("SCHOOL,--school", options.school, "Id or full name").Required();
    AddCounty(command, options.county);
    command.AddOption("--term", options.term, "Its name; from the first day when left out: 2026-autumn");
    command.AddOption("--first", options.first, "First day, YYYY-MM-DD").Required();
    command.AddOption("--last", options.last, "Last day, YYYY-MM-DD").Required();
    command.AddOption("--holiday", options.holidays,
                      "Days without school: a day or FIRST..LAST, of which weekdays are taken");
    command.AddOption("--makeup", options.makeups, "Saturdays and Sundays with school");
  }
  {
    auto [command, options] = AddCommand<GetOptions>(
        group, session,
        {"get", "Show a school's calendar for a term", "calendar get 2152990001 --county 520521"}, Get);
    command.AddOption("SCHOOL,--school", options.school, "Id or full name").Required();
    command.AddOption("--term", options.term, "Which; the one of today when left out, or the next one");
    AddCounty(command, options.county);
  }
  {
    auto [command, options] = AddCommand<GetOptions>(
        group, session, {"list", "List a school's terms", "calendar list 2152990001 --county 520521"}, List);
    command.AddOption("SCHOOL,--school", options.school, "Id or full name").Required();
    AddCounty(command, options.county);
  }
  auto [command, options] =
      AddCommand<GetOptions>(group, session,
                             {"delete", "Take a term's calendar away, as one that was set for the wrong days",
                              "calendar delete 2152990001 --term 2027-spring --county 520521"},
                             Delete);
  command.AddOption("SCHOOL,--school", options.school, "Id or full name").Required();
  command.AddOption("--term", options.term, "Which").Required();
  AddCounty(command, options.county);
}

}  // namespace tonghu::tonghuctl
