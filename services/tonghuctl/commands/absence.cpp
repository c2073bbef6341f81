// tonghuctl absence and attendance: who is not at school.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace alerts::v1;

struct AbsenceOptions {
  std::string county, child, date;
  bool with_leave = false;
};
struct AttendanceOptions {
  std::string county, school, date;
  std::vector<std::string> absent, on_leave;
};

absl::Status Report(Session& session, const AbsenceOptions& options) {
  Typed typed(options.county);
  ReportAbsenceRequest request;
  request.mutable_absence()->set_child(typed.Name("--child", "children", options.child));
  request.mutable_absence()->set_date(typed.Day("--date", options.date));
  request.mutable_absence()->set_with_leave(options.with_leave);
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  const auto reported = session.client().Call(&SignalService::Stub::ReportAbsence, request);
  if (!reported.ok()) return reported.status();
  session.output.Show(*reported, [&] {
    return reported->alert().empty() ? std::string("已记录，有请假，不发预警\n")
                                     : fmt::format("预警 {}\n", reported->alert());
  });
  return absl::OkStatus();
}

absl::Status Submit(Session& session, const AttendanceOptions& options) {
  Typed typed(options.county);
  SubmitAttendanceRequest request;
  request.set_school(typed.Name("--school", "schools", options.school));
  request.set_date(typed.Day("--date", options.date));
  for (const std::string& child : options.absent) {
    request.add_absences()->set_child(typed.Name("--absent", "children", child));
  }
  for (const std::string& child : options.on_leave) {
    Absence* absence = request.add_absences();
    absence->set_child(typed.Name("--on-leave", "children", child));
    absence->set_with_leave(true);
  }
  if (!typed.ok()) return typed.status();
  const auto submitted = session.client().Call(&SignalService::Stub::SubmitAttendance, request);
  if (!submitted.ok()) return submitted.status();
  session.output.Show(*submitted, [&] {
    std::string text =
        fmt::format("已收到考勤：缺勤 {} 人，请假 {} 人\n", options.absent.size(), options.on_leave.size());
    for (const std::string& alert : submitted->alerts()) text += fmt::format("预警 {}\n", alert);
    return text;
  });
  return absl::OkStatus();
}

}  // namespace

void AddAbsence(Command app, Session& session) {
  auto [command, options] =
      AddCommand<AbsenceOptions>(AddGroup(app, "absence", "One child's absence"), session,
                                 {"report", "Report a child absent for a day",
                                  "absence report --child 0193... --date 2026-09-04 --county 520521"},
                                 Report);
  command.AddOption("--child", options.child, "The child").Required();
  command.AddOption("--date", options.date, "The day, YYYY-MM-DD").Required();
  command.AddFlag("--with-leave", options.with_leave, "With leave: recorded, raises no alert");
  AddCounty(command, options.county);
}

void AddAttendance(Command app, Session& session) {
  auto [command, options] = AddCommand<AttendanceOptions>(
      AddGroup(app, "attendance", "A school's morning"), session,
      {"submit", "Submit a school's attendance; nobody absent unless said",
       "attendance submit --school 2152990001 --date 2026-09-04 --county 520521 --absent 0193... 0194..."},
      Submit);
  command.AddOption("--school", options.school, "The school").Required();
  command.AddOption("--date", options.date, "The day, YYYY-MM-DD").Required();
  command.AddOption("--absent", options.absent, "Children absent without leave");
  command.AddOption("--on-leave", options.on_leave, "Children absent with leave");
  AddCounty(command, options.county);
}

}  // namespace tonghu::tonghuctl
