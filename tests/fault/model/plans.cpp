// What pairing does with pairings and calendars: which talks are owed by whom.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/fault/model/model.h"

namespace tonghu::fault::model {
namespace {

constexpr absl::Duration kAhead = absl::Hours(24 * 28);
constexpr absl::Duration kLookAgain = absl::Hours(24 * 7);
constexpr absl::Duration kMostUncovered = absl::Hours(24 * 7);

enum UncoveredReason { kNotPaired = 1, kNoCalendar = 2, kCalendarOver = 3, kNoClassTeacher = 4 };
enum EndReason { kParentReturned = 1, kChildMoved = 2, kGrownUp = 3, kOtherPairing = 4, kHandedOver = 5 };

absl::CivilDay WeekAt(absl::Time time) { return MondayOf(DayOf(time)); }

}  // namespace

int Duty::state() const {
  if (!contact.empty()) return made_up || missed ? kHeldLate : kHeld;
  return excused ? kExcusedDuty : missed ? kNotHeld : kOwed;
}

bool Model::IsSchoolDay(const School& school, absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
  return std::any_of(school.terms.begin(), school.terms.end(), [&](const auto& named) {
    const CalendarPut& term = named.second;
    if (day < term.first || day > term.last) return false;
    return weekend ? term.makeup_days.contains(day) : !term.holidays.contains(day);
  });
}

std::optional<absl::CivilDay> Model::FirstSchoolDay(const std::string& child, absl::CivilDay monday) const {
  const auto school = schools_.find(children_.at(child).school);
  if (school == schools_.end()) return std::nullopt;
  for (absl::CivilDay day = monday; day < monday + 7; ++day) {
    if (IsSchoolDay(school->second, day)) return day;
  }
  return std::nullopt;
}

std::string Model::Take(const CalendarPut& put) {
  schools_[put.school].terms[put.term] = put;
  for (const auto& [child, placed] : children_) {
    if (placed.school == put.school) Replan(child);
  }
  CloseMornings(put.school, put.first, put.last);
  return "";
}

std::string Model::Take(const SchoolClosed& closed) {
  schools_[closed.school].closures[closed.closure] = closed;
  FollowClosuresOf(closed.school);
  CloseMornings(closed.school, closed.first, closed.last);
  return "";
}

std::string Model::Take(const ClosureWithdrawn& withdrawn) {
  for (auto& [name, school] : schools_) {
    if (school.closures.erase(withdrawn.closure) > 0) {
      FollowClosuresOf(name);
      return "";
    }
  }
  return "CLOSURE_NOT_FOUND";
}

bool Model::IsOpenDay(const School& school, absl::CivilDay day) {
  return IsSchoolDay(school, day) &&
         std::none_of(school.closures.begin(), school.closures.end(), [day](const auto& named) {
           return named.second.first <= day && day <= named.second.last;
         });
}

// Whether at least half of the week's school days are closed.
bool Model::IsLostWeek(const School& school, absl::CivilDay monday) {
  int days = 0, open = 0;
  for (absl::CivilDay day = monday; day < monday + 7; ++day) {
    days += IsSchoolDay(school, day) ? 1 : 0;
    open += IsOpenDay(school, day) ? 1 : 0;
  }
  return days > open && 2 * open <= days;
}

void Model::FollowClosuresOf(const std::string& school) {
  for (const auto& [child, placed] : children_) {
    if (placed.school == school) FollowClosures(child);
  }
}

// What is done stays done. What is owed again and was due is judged again at once.
void Model::FollowClosures(const std::string& child) {
  const School& school = schools_[children_.at(child).school];
  for (const size_t i : duties_of_[child]) {
    Duty& duty = duties_[i];
    if (duty.taken_away || !duty.contact.empty()) continue;
    const bool lost = IsLostWeek(school, duty.monday);
    if (lost && !duty.excused) {
      duty.excused = duty.excused_by_closure = true;
      if (duty.missed) Settle(FindAlert(SubjectOf(duty)));
    } else if (!lost && duty.excused_by_closure) {
      duty.excused_by_closure = false;
      duty.excused = duty.excused_by_end;
      if (duty.excused || duty.due > now_) continue;
      duty.due = now_;
      duty.missed = true;
      Raise(SubjectOf(duty), PlaceOf(child), duty.helper);
    }
  }
  Match(child);
}

std::string Model::Take(const DutyPolicyPut& put) {
  // The windows that begin tomorrow or later follow the new policy, also those that are planned already.
  policies_[put.county].push_back({DayOf(now_) + 1, put.report_grace, put.late_report_after});
  for (Duty& duty : duties_) {
    if (CountyOf(duty.child) == put.county && duty.monday > DayOf(now_))
      duty.due = StartOf(duty.monday + 7) + put.report_grace;
  }
  return "";
}

Model::DutyPolicy Model::PolicyOf(const std::string& county, absl::CivilDay monday) const {
  DutyPolicy policy;
  const auto put = policies_.find(county);
  if (put == policies_.end()) return policy;
  for (const DutyPolicy& one : put->second) {
    if (one.effective_from <= monday) policy = one;
  }
  return policy;
}

std::string Model::CheckPairing(const std::string& child, const std::string& helper) const {
  const bool paired = std::any_of(pairings_.begin(), pairings_.end(), [&](const auto& named) {
    const Pairing& pairing = named.second;
    return pairing.child == child && pairing.helper == helper && pairing.end == absl::InfiniteFuture();
  });
  return paired ? "ALREADY_PAIRED" : "";
}

Pairing& Model::Start(const std::string& name, Pairing pairing) {
  pairing.start = now_;
  Pairing& made = pairings_[name] = std::move(pairing);
  // What the one before left behind of this week is this one's, and so is what was excused by its end.
  for (const size_t i : duties_of_[made.child]) {
    Duty& duty = duties_[i];
    if (duty.line != made.line || !duty.excused_by_end || duty.monday != WeekAt(now_)) continue;
    duty.excused = duty.excused_by_end = duty.excused_by_closure = false;
    duty.pairing = name;
    duty.helper = made.helper;
  }
  Plan(made, name);
  return made;
}

std::string Model::Take(const PairingStarted& started) {
  if (std::string why = CheckPairing(started.child, started.helper); !why.empty()) return why;
  // A line of the child's that ended in this week goes on; of several the one that ended last.
  const Pairing* before = nullptr;
  for (const auto& [name, pairing] : pairings_) {
    if (pairing.child != started.child || pairing.end == absl::InfiniteFuture()) continue;
    const bool lasts =
        std::any_of(pairings_.begin(), pairings_.end(), [&line = pairing.line](const auto& one) {
          return one.second.line == line && one.second.end == absl::InfiniteFuture();
        });
    if (lasts || WeekAt(pairing.end) != WeekAt(now_)) continue;
    if (before == nullptr || before->end <= pairing.end) before = &pairing;
  }
  Pairing pairing{.child = started.child, .helper = started.helper, .role = started.role};
  pairing.line = before == nullptr ? lines_.size() : before->line;
  if (before == nullptr) lines_.push_back(DayOf(now_));
  Start(started.pairing, std::move(pairing));
  Count(PlaceOf(started.child), WeekAt(now_), kPairings);
  Cover(started.child);
  Match(started.child);
  return "";
}

std::string Model::Take(const PairingHandedOver& handed) {
  const auto found = pairings_.find(handed.pairing);
  if (found == pairings_.end()) return "PAIRING_NOT_FOUND";
  if (found->second.end != absl::InfiniteFuture()) return "PAIRING_ENDED";
  if (std::string why = CheckPairing(found->second.child, handed.helper); !why.empty()) return why;
  Pairing& former = found->second;
  former.end = now_;
  former.reason = kHandedOver;
  const std::string child = former.child;
  for (const size_t i : duties_of_[child]) {
    Duty& duty = duties_[i];
    const bool owed = duty.state() == kOwed || (duty.excused_by_closure && !duty.missed);
    if (duty.pairing != handed.pairing || !owed) continue;
    duty.pairing = handed.successor;
    duty.helper = handed.helper;
  }
  Start(handed.successor,
        {.child = child, .helper = handed.helper, .role = former.role, .line = former.line});
  Match(child);
  return "";
}

std::string Model::Take(const PairingEnded& ended) {
  const auto found = pairings_.find(ended.pairing);
  if (found == pairings_.end()) return "PAIRING_NOT_FOUND";
  Pairing& pairing = found->second;
  if (pairing.end != absl::InfiniteFuture()) return "PAIRING_ENDED";
  pairing.end = now_;
  pairing.reason = ended.reason;
  for (const size_t i : duties_of_[pairing.child]) {
    Duty& duty = duties_[i];
    if (duty.pairing != ended.pairing || (duty.state() != kOwed && !duty.excused_by_closure)) continue;
    if (duty.monday == WeekAt(now_)) duty.excused = duty.excused_by_end = true;
    if (duty.monday > WeekAt(now_)) duty.taken_away = true;
  }
  Count(PlaceOf(pairing.child), WeekAt(now_), kPairings, -1);
  Cover(pairing.child);
  Match(pairing.child);
  return "";
}

std::string Model::Take(const DutyExcused& excused) {
  for (const size_t i : duties_of_[excused.child]) {
    Duty& duty = duties_[i];
    if (duty.taken_away || duty.monday != excused.monday || duty.pairing != excused.pairing) continue;
    if (duty.state() != kOwed) return "DUTY_CLOSED";
    duty.excused = true;
    return "";
  }
  return "DUTY_NOT_FOUND";
}

void Model::Plan(Pairing& pairing, const std::string& name) {
  pairing.plan_time = now_ + kLookAgain;
  if (pairing.end != absl::InfiniteFuture()) return;
  for (absl::CivilDay monday = WeekAt(now_); monday <= DayOf(now_ + kAhead); monday += 7) {
    const std::optional<absl::CivilDay> first = FirstSchoolDay(pairing.child, monday);
    if (!first.has_value() || *first < lines_[pairing.line]) continue;
    std::vector<size_t>& of_child = duties_of_[pairing.child];
    const bool there = std::any_of(of_child.begin(), of_child.end(), [&](size_t i) {
      return duties_[i].line == pairing.line && duties_[i].monday == monday && !duties_[i].taken_away;
    });
    if (there) continue;
    of_child.push_back(duties_.size());
    duties_.push_back({.child = pairing.child,
                       .monday = monday,
                       .line = pairing.line,
                       .pairing = name,
                       .helper = pairing.helper,
                       .due = StartOf(monday + 7) + PolicyOf(CountyOf(pairing.child), monday).report_grace});
  }
  FollowClosures(pairing.child);
}

void Model::Replan(const std::string& child) {
  for (const size_t i : duties_of_[child]) {
    Duty& duty = duties_[i];
    const bool begun = duty.monday <= WeekAt(now_);
    const bool owed = duty.state() == kOwed || duty.excused_by_closure;
    if (!begun && owed && !FirstSchoolDay(child, duty.monday).has_value()) duty.taken_away = true;
  }
  for (auto& [name, pairing] : pairings_) {
    if (pairing.child == child) Plan(pairing, name);
  }
  Match(child);
}

void Model::PlanDuties() {
  std::set<std::string> touched;
  for (auto& [name, pairing] : pairings_) {
    if (pairing.plan_time > now_ || pairing.end != absl::InfiniteFuture()) continue;
    Plan(pairing, name);
    touched.insert(pairing.child);
  }
  for (const std::string& child : touched) Match(child);
}

Subject Model::SubjectOf(const Duty& duty) const {
  return {.kind = kDutyMissed, .child = duty.child, .day = duty.monday, .pairing = duty.pairing};
}

void Model::JudgeDuties() {
  for (Duty& duty : duties_) {
    if (duty.taken_away || duty.state() != kOwed || duty.due > now_) continue;
    duty.missed = true;
    Raise(SubjectOf(duty), PlaceOf(duty.child), duty.helper);
  }
}

Figures Model::FiguresNow() const {
  Figures figures = figures_;
  for (const Duty& duty : duties_) {
    if (duty.taken_away) continue;
    const Place place = PlaceOf(duty.child);
    const auto count = [&](Figure figure) { figures.Add(place.school, place.township, duty.monday, figure); };
    switch (duty.state()) {
      case kHeld:
        count(kDone);
        if (duty.reported_late) count(kDoneReportedLate);
        break;
      case kHeldLate:
        count(kMissed);
        count(kDoneLate);
        break;
      case kNotHeld:
        count(kMissed);
        break;
      case kExcusedDuty:
        count(kExcused);
        break;
      default:
        break;
    }
  }
  return figures;
}

// Why no talk lies ahead of a child; 0: one does, or nobody is meant to talk with it.
int Model::WhyUncovered(const std::string& child) const {
  const auto duties = duties_of_.find(child);
  const bool ahead =
      duties != duties_of_.end() && std::any_of(duties->second.begin(), duties->second.end(), [&](size_t i) {
        return !duties_[i].taken_away &&
               (duties_[i].state() != kExcusedDuty || duties_[i].excused_by_closure) &&
               duties_[i].monday >= WeekAt(now_);
      });
  if (ahead) return 0;
  const Pairing* last = LastOf(child);
  const School& school = schools_.at(children_.at(child).school);
  if (last != nullptr && last->end == absl::InfiniteFuture()) {
    const bool goes_on = std::any_of(school.terms.begin(), school.terms.end(), [&](const auto& named) {
      return named.second.last > DayOf(now_ + kAhead);
    });
    return goes_on ? 0 : school.terms.empty() ? kNoCalendar : kCalendarOver;
  }
  if (last != nullptr && last->reason >= kParentReturned && last->reason <= kGrownUp) return 0;
  const Place place = PlaceOf(child);
  const auto post = posts_.find(absl::StrCat(CountyOf(child), "/posts/class_teacher-", IdOf(place.school),
                                             "-", place.grade, "-", place.class_number));
  return post == posts_.end() || post->second.holder.empty() ? kNoClassTeacher : kNotPaired;
}

std::map<std::string, int> Model::Uncovered() const {
  std::map<std::string, int> uncovered;
  for (const auto& [child, placed] : children_) {
    if (const int why = WhyUncovered(child); why != 0) uncovered[child] = why;
  }
  return uncovered;
}

// The child's lasting pairing, or else the one that ended last.
const Pairing* Model::LastOf(const std::string& child) const {
  const Pairing* last = nullptr;
  for (const auto& [name, pairing] : pairings_) {
    if (pairing.child == child && (last == nullptr || pairing.end >= last->end)) last = &pairing;
  }
  return last;
}

// A pairing of the child has begun or ended.
void Model::Cover(const std::string& child) {
  const Pairing* last = LastOf(child);
  const bool lasts = last->end == absl::InfiniteFuture();
  if (!lasts && (last->reason < kParentReturned || last->reason > kGrownUp)) {
    uncovered_.try_emplace(child, now_ + kMostUncovered);
  } else if (uncovered_.erase(child) > 0) {
    Settle(FindAlert({.kind = kUncovered, .child = child}));
  }
}

// Told again as long as it lasts: an alert that somebody settled comes back.
void Model::TellUncovered() {
  for (auto& [child, tell] : uncovered_) {
    if (tell > now_) continue;
    tell = now_ + kMostUncovered;
    const Subject subject{.kind = kUncovered, .child = child};
    const size_t before = FindAlert(subject);
    if (before == alerts_.size() || alerts_[before].state == kResolved)
      NoteUnsigned(Raise(subject, PlaceOf(child)), now_);
  }
}

}  // namespace tonghu::fault::model
