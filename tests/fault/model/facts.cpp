#include "tests/fault/model/facts.h"

#include "absl/strings/str_cat.h"
#include "tests/fault/model/figures.h"

namespace tonghu::fault::model {
namespace {

std::string Day(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::string Text(const SchoolPut& put) { return absl::StrCat(put.school, " lies in ", put.township); }

std::string Text(const ChildPlaced& placed) {
  return absl::StrCat(placed.child, " is at ", placed.school, " ", placed.grade, "-", placed.class_number);
}

std::string Text(const PostPut& put) {
  return absl::StrCat(put.post, " is held by ", put.holder, ", deputy ", put.deputy);
}

std::string Text(const CalendarPut& put) {
  std::string text = absl::StrCat(put.school, " has school from ", Day(put.first), " to ", Day(put.last));
  for (const absl::CivilDay day : put.holidays) absl::StrAppend(&text, " without ", Day(day));
  for (const absl::CivilDay day : put.makeup_days) absl::StrAppend(&text, " and on ", Day(day));
  return text;
}

std::string Text(const SchoolClosed& closed) {
  return absl::StrCat(closed.school, " is closed from ", Day(closed.first), " to ", Day(closed.last), " by ",
                      closed.closure);
}

std::string Text(const ClosureWithdrawn& withdrawn) {
  return absl::StrCat(withdrawn.closure, " is withdrawn");
}

std::string Text(const DutyPolicyPut& put) {
  return absl::StrCat(put.county, " waits ", absl::FormatDuration(put.report_grace),
                      " for reports, late after ", absl::FormatDuration(put.late_report_after));
}

std::string Text(const PairingStarted& started) {
  return absl::StrCat(started.pairing, " of ", started.child, " with ", started.helper, " begins");
}

std::string Text(const PairingHandedOver& handed) {
  return absl::StrCat(handed.pairing, " of ", handed.child, " goes to ", handed.helper, " as ",
                      handed.successor);
}

std::string Text(const PairingEnded& ended) {
  return absl::StrCat(ended.pairing, " of ", ended.child, " ends for reason ", ended.reason);
}

std::string Text(const ContactLogged& logged) {
  return absl::StrCat(logged.contact, ": ", logged.helper, " with ", logged.child, ", kind ", logged.kind,
                      ", happened ", absl::FormatTime(logged.happened, absl::FixedTimeZone(8 * 60 * 60)));
}

std::string Text(const DutyExcused& excused) {
  return absl::StrCat(excused.child, " of ", excused.pairing, " is excused the week of ",
                      Day(excused.monday));
}

std::string Text(const AttendanceReported& reported) {
  std::string text = absl::StrCat("attendance of ", reported.school, " on ", Day(reported.day), ":");
  for (const Absent& absent : reported.absent) {
    absl::StrAppend(&text, " ", absent.child, absent.with_leave ? " on leave" : " absent");
  }
  return text;
}

std::string Text(const EmergencyReported& reported) {
  return absl::StrCat(reported.alert, ": an emergency of ", reported.child);
}

std::string Text(const AlertAnswered& answered) {
  return absl::StrCat(answered.staff, answered.resolution.empty() ? " acknowledges " : " resolves ",
                      ToText(answered.subject));
}

std::string Text(const ClockMoved&) { return "the clock stands here"; }

}  // namespace

std::string CountyOf(const std::string& name) { return name.substr(0, name.find('/', name.find('/') + 1)); }

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string ToText(const Subject& subject) {
  return absl::StrCat("kind ", subject.kind, " ", subject.child, subject.school, " ", Day(subject.day), " ",
                      subject.pairing, subject.alert);
}

std::string ToText(const Fact& fact) {
  return absl::StrCat(absl::FormatTime("%F %T ", fact.at, absl::FixedTimeZone(8 * 60 * 60)),
                      std::visit([](const auto& what) { return Text(what); }, fact.what),
                      fact.refusal.empty() ? "" : absl::StrCat(" – refused: ", fact.refusal));
}

}  // namespace tonghu::fault::model
