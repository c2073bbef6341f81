// What alerts does: attendance, emergencies, answers, climbing.
#include <algorithm>

#include "tests/fault/model/model.h"

namespace tonghu::fault::model {
namespace {

constexpr absl::Duration kAttendanceDue = absl::Hours(10);  // of the morning

}  // namespace

size_t Model::FindAlert(const Subject& subject) const {
  const auto found = std::find_if(alerts_.begin(), alerts_.end(),
                                  [&](const Alert& alert) { return alert.subject == subject; });
  return found - alerts_.begin();
}

Alert& Model::Raise(Subject subject, const Place& place, const std::string& helper) {
  Alert& alert = alerts_.emplace_back(Alert{.subject = std::move(subject), .place = place, .helper = helper});
  model::Raise(alert, posts_, now_);
  Count(place, MondayOf(DayOf(now_)), kAlertsRaised);
  return alert;
}

void Model::Settle(size_t alert) {
  if (alert == alerts_.size() || alerts_[alert].state == kResolved) return;
  SettleByFact(alerts_[alert], now_);
  Count(alerts_[alert].place, MondayOf(DayOf(now_)), kAlertsResolved);
}

std::string Model::Report(const Absent& absent, absl::CivilDay day) {
  Morning& morning = mornings_.try_emplace({absent.child, day}, Morning{.with_leave = true}).first->second;
  if (absent.with_leave || !morning.with_leave) return "";
  morning.with_leave = false;
  const auto open = std::find_if(alerts_.begin(), alerts_.end(), [&](const Alert& alert) {
    return alert.subject.kind == kAbsence && alert.subject.child == absent.child && alert.state != kResolved;
  });
  if (open != alerts_.end()) {
    Repeat(*open, now_);
  } else {
    Raise({.kind = kAbsence, .child = absent.child, .day = day}, PlaceOf(absent.child));
  }
  return "";
}

std::string Model::Take(const AttendanceReported& reported) {
  if (reported.day > DayOf(now_)) return "DATE_IN_FUTURE";
  for (const Absent& absent : reported.absent) Report(absent, reported.day);
  if (reported.school.empty()) return "";
  schools_[reported.school].attended.insert(reported.day);
  Settle(FindAlert({.kind = kAttendanceNotSent, .school = reported.school, .day = reported.day}));
  return "";
}

std::string Model::Take(const EmergencyReported& reported) {
  Alert& alert =
      Raise({.kind = kEmergency, .child = reported.child, .alert = reported.alert}, PlaceOf(reported.child));
  alert.emergency = reported.kind;
  alert.reporter = reported.reporter;
  return "";
}

std::string Model::Take(const AlertAnswered& answered) {
  const size_t found = FindAlert(answered.subject);
  if (found == alerts_.size()) return "UNKNOWN_ALERT";
  Alert& alert = alerts_[found];
  const bool open = alert.state == kOpen;
  if (answered.resolution.empty()) {
    if (!Acknowledge(alert, answered.staff, now_))
      return alert.state == kResolved ? "ALREADY_RESOLVED" : "ALREADY_ACKNOWLEDGED";
    if (open) Count(alert.place, MondayOf(DayOf(now_)), kAlertsAcknowledged);
    return "";
  }
  if (!Resolve(alert, answered.staff, answered.resolution, now_)) return "ALREADY_RESOLVED";
  Count(alert.place, MondayOf(DayOf(now_)), kAlertsResolved);
  return "";
}

void Model::MissAttendance(absl::Time since) {
  for (const auto& [name, school] : schools_) {
    for (absl::CivilDay day = DayOf(since); day <= DayOf(now_); ++day) {
      const absl::Time due = StartOf(day) + kAttendanceDue;
      if (due <= since || due > now_ || !IsSchoolDay(school, day) || school.attended.contains(day)) continue;
      Raise({.kind = kAttendanceNotSent, .school = name, .day = day}, PlaceOfSchool(name));
    }
  }
}

void Model::ClimbAlerts() {
  for (Alert& alert : alerts_) {
    if (alert.state != kResolved && alert.next_step_time <= now_) Climb(alert, posts_, now_);
  }
}

}  // namespace tonghu::fault::model
