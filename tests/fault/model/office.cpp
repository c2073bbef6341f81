// What alerts does: attendance, emergencies, answers, climbing.
#include <algorithm>

#include "tests/fault/model/model.h"

namespace tonghu::fault::model {
namespace {

constexpr absl::Duration kAttendanceDue = absl::Hours(10);  // of the morning
constexpr int kOldestReport = 30;                           // days

}  // namespace

size_t Model::FindAlert(const Subject& subject) const {
  // The last one: a duty that was missed, excused by a closure and missed again has two.
  const auto found = std::find_if(alerts_.rbegin(), alerts_.rend(),
                                  [&](const Alert& alert) { return alert.subject == subject; });
  return found == alerts_.rend() ? alerts_.size() : alerts_.rend() - found - 1;
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

std::string Model::CheckMorning(const std::string& school, absl::CivilDay day) const {
  if (day > DayOf(now_)) return "DATE_IN_FUTURE";
  if (DayOf(now_) - day > kOldestReport) return "DATE_TOO_OLD";
  const auto found = schools_.find(school);
  if (found == schools_.end()) return "SCHOOL_NOT_FOUND";
  // A day of which no calendar is known is taken as it comes.
  const bool known =
      std::any_of(found->second.terms.begin(), found->second.terms.end(),
                  [&](const auto& named) { return named.second.first <= day && day <= named.second.last; });
  return known && !IsOpenDay(found->second, day) ? "NOT_A_SCHOOL_DAY" : "";
}

// Leave stays, in whatever order it is reported.
void Model::Report(const Absent& absent, absl::CivilDay day) {
  const auto [found, fresh] =
      mornings_.try_emplace({absent.child, day}, Morning{.with_leave = absent.with_leave});
  Morning& morning = found->second;
  if (!fresh && (morning.with_leave || !absent.with_leave)) return;
  morning.with_leave = absent.with_leave;
  if (absent.with_leave) return ExcuseMorning(morning);
  const auto open = std::find_if(alerts_.begin(), alerts_.end(), [&](const Alert& alert) {
    return alert.subject.kind == kAbsence && alert.subject.child == absent.child && alert.state != kResolved;
  });
  morning.alert = open - alerts_.begin();
  if (open != alerts_.end()) {
    Repeat(*open, now_);
  } else {
    Raise({.kind = kAbsence, .child = absent.child, .day = day}, PlaceOf(absent.child));
  }
}

// The morning counts no more.
void Model::ExcuseMorning(Morning& morning) {
  if (!morning.alert.has_value()) return;
  Alert& alert = alerts_[*morning.alert];
  if (alert.state == kResolved) return;
  if (alert.occurrences > 1) return model::Excuse(alert, now_);
  alert.occurrences = 0;
  Settle(*morning.alert);
}

// What turns out to be no school day: nobody was absent, and no attendance was awaited. Days of no term stay
// as they are.
void Model::CloseMornings(const std::string& of, absl::CivilDay first, absl::CivilDay last) {
  const School& school = schools_.at(of);
  const auto closed = [&](absl::CivilDay day) {
    return first <= day && day <= last && !IsOpenDay(school, day);
  };
  for (size_t i = 0; i < alerts_.size(); ++i) {
    const Subject& subject = alerts_[i].subject;
    if (subject.kind == kAttendanceNotSent && subject.school == of && closed(subject.day)) Settle(i);
  }
  for (auto& [key, morning] : mornings_) {
    if (children_.at(key.first).school != of || morning.with_leave || morning.closed) continue;
    if (!closed(key.second)) continue;
    morning.closed = true;
    ExcuseMorning(morning);
  }
}

std::string Model::Take(const AttendanceReported& reported) {
  const std::string school =
      reported.school.empty() ? children_.at(reported.absent.front().child).school : reported.school;
  if (std::string why = CheckMorning(school, reported.day); !why.empty()) return why;
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
      if (due <= since || due > now_ || !IsOpenDay(school, day) || school.attended.contains(day)) continue;
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
