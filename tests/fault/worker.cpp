#include "tests/fault/worker.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "libs/clock/timestamp.h"
#include "tests/fault/model/figures.h"

namespace tonghu::fault {
namespace {

namespace v1 = tonghu::pairing::v1;

constexpr int kLastClass = 50;  // within a grade, as the registry accepts it
constexpr int kMovesARound = 5;
constexpr absl::Duration kIdle = absl::Milliseconds(2);

// The same for the same things, different for others.
uint64_t Mixed(const std::string& name, uint64_t round, uint64_t seed) {
  uint64_t hash = 14695981039346656037u ^ seed;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  for (int i = 0; i < 8; ++i) hash = (hash ^ ((round >> (8 * i)) & 0xFF)) * 1099511628211u;
  return hash >> 17;
}

}  // namespace

Worker::Worker(Province& province, const std::map<std::string, uint64_t>& schools, uint64_t seed,
               const std::string& name)
    : province_(province),
      caller_(province.clients(), province.stack().clock(), province.log(), name),
      seed_(seed),
      random_(seed) {
  for (const auto& [school, number] : schools) {
    schools_.push_back({.name = school, .number = number});
    for (const auto& [post_name, post] : province.posts()) {
      if (post.school() != school) continue;
      schools_.back().posts.push_back(post);
      if (post.kind() == registry::v1::POST_KIND_CLASS_TEACHER)
        schools_.back().teachers.push_back(post.holder());
    }
    const std::vector<Paired>& paired = province.paired();
    for (size_t i = 0; i < paired.size(); ++i) {
      if (paired[i].school != school) continue;
      schools_.back().children.push_back(children_.size());
      children_.push_back({.name = paired[i].child,
                           .school = school,
                           .grade = paired[i].grade,
                           .class_number = paired[i].class_number,
                           .pairings = {paired[i].pairing},
                           .talked_with = i % 3 != 0});
    }
  }
}

Worker::Mood Worker::MoodOf(const School& school, uint64_t round) {
  const uint64_t turn = (school.number + round) % 8;
  return turn == 0 ? Mood::kDirectory : turn == 1 ? Mood::kCalendar : Mood::kDaily;
}

bool Worker::IsOfAlerts(const Child& child, uint64_t round) const {
  return Mixed(child.name, round, seed_) % 4 == 0;
}

int Worker::Act(uint64_t round) {
  if (schools_.empty()) {
    absl::SleepFor(kIdle);
    return 0;
  }
  School& school = schools_[Chance(schools_.size())];
  const bool first = school.round != round;
  school.round = round;
  if (first) school.moves = 0;
  const Mood mood = MoodOf(school, round);
  if (mood == Mood::kDirectory) {
    if (school.moves < kMovesARound) {
      ++school.moves;
      ChangeDirectory(school);
    } else {
      absl::SleepFor(kIdle);
    }
    return 0;
  }
  if (first && mood == Mood::kCalendar) ChangeCalendar(school);
  if (first && mood == Mood::kDaily) SendAttendance(school, round);
  Child& child = children_[school.children[Chance(school.children.size())]];
  if (mood == Mood::kDaily && IsOfAlerts(child, round)) {
    if (Chance(8) == 0) ActOnAlerts(child, school);
    return 0;
  }
  return Chance(40) == 0 ? TalkWithMany(school, round) : ActOnPairing(child, school);
}

// A child's class number only grows, so that each has a history whose order can be looked at.
void Worker::ChangeDirectory(School& school) {
  if (Chance(5) == 0) {
    registry::v1::Post& post = school.posts[Chance(school.posts.size())];
    post.set_holder(post.holder().empty() ? school.teachers[Chance(school.teachers.size())] : "");
    if (post.deputy() == post.holder()) post.set_deputy("");  // nobody stands in for themselves
    caller_.Put(post).IgnoreError();
    return;
  }
  Child& child = children_[school.children[Chance(school.children.size())]];
  if (child.class_number == kLastClass) return;
  ++child.class_number;
  caller_.Move({child.name, child.school, child.grade, child.class_number}).IgnoreError();
}

// Two to four weeks ahead a day, or a whole week, is closed, or open again.
void Worker::ChangeCalendar(School& school) {
  const absl::CivilDay monday =
      model::MondayOf(model::DayOf(caller_.now())) + 7 * static_cast<int>(2 + Chance(3));
  const bool close = !school.closed[monday];
  const int days = Chance(2) == 0 ? 5 : 1;
  for (int i = 0; i < 5; ++i) school.closed[monday + i] = close && i < days;
  model::CalendarPut put{.school = school.name,
                         .term = "2026-autumn",
                         .first = absl::CivilDay(2026, 9, 1),
                         .last = absl::CivilDay(2027, 1, 15)};
  for (const auto& [day, closed] : school.closed) {
    if (closed) put.holidays.insert(day);
  }
  caller_.Put(put).IgnoreError();
}

void Worker::SendAttendance(School& school, uint64_t round) {
  const absl::CivilDay today = model::DayOf(caller_.now());
  const absl::Weekday weekday = absl::GetWeekday(today);
  const bool is_school = weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
                         today >= absl::CivilDay(2026, 9, 1) && !school.closed[today];
  // Now and then a school sends what nobody waits for.
  if (Chance(is_school ? 2 : 4) != 0) return;
  model::AttendanceReported report{.school = school.name, .day = today};
  for (const size_t i : school.children) {
    if (IsOfAlerts(children_[i], round) && Chance(10) == 0)
      report.absent.push_back({children_[i].name, Chance(3) == 0});
  }
  caller_.Attendance(report).IgnoreError();
}

int Worker::ActOnPairing(Child& child, School& school) {
  switch (Chance(100)) {
    case 0:
    case 1:
      HandOver(child, school);
      return 0;
    case 2:
      EndAndPairAgain(child, school);
      return 0;
    case 3:
      Excuse(child);
      return 0;
    default:
      return Talk(child);
  }
}

void Worker::ActOnAlerts(Child& child, School& school) {
  if (Chance(8) == 0) {
    caller_.Emergency(child.name, school.teachers.front()).IgnoreError();
  } else {
    Answer(child, school);
  }
}

v1::Contact Worker::ContactWith(const Child& child) {
  v1::Contact contact;
  contact.set_child(child.name);
  contact.set_helper(child.pairings.empty() ? "" : child.pairings[Chance(child.pairings.size())].helper());
  contact.set_kind(child.talked_with && Chance(4) == 0 ? v1::CONTACT_KIND_TALK
                                                       : v1::CONTACT_KIND_PARENT_CALL);
  // One in five is told later, sometimes of a time before anybody was paired.
  const absl::Duration ago = Chance(5) == 0 ? absl::Hours(Chance(24 * 9)) : absl::ZeroDuration();
  clock::SetTime(caller_.now() - ago, contact.mutable_happen_time());
  return contact;
}

int Worker::Talk(Child& child) {
  if (child.pairings.empty()) return 0;
  return caller_.Record(ContactWith(child), Chance(5) == 0).ok() ? 1 : 0;
}

int Worker::TalkWithMany(School& school, uint64_t round) {
  std::vector<v1::Contact> contacts;
  for (const size_t i : school.children) {
    Child& child = children_[i];
    if (IsOfAlerts(child, round) || child.pairings.empty() || Chance(4) != 0) continue;
    contacts.push_back(ContactWith(child));
  }
  if (contacts.empty()) return 0;
  return caller_.RecordAll(contacts).ok() ? static_cast<int>(contacts.size()) : 0;
}

void Worker::HandOver(Child& child, School& school) {
  if (child.pairings.empty()) return;
  v1::Pairing& pairing = child.pairings[Chance(child.pairings.size())];
  auto handed = caller_.HandOver(pairing, school.teachers[Chance(school.teachers.size())]);
  if (handed.ok()) pairing = *handed;
}

void Worker::EndAndPairAgain(Child& child, School& school) {
  if (!child.pairings.empty() &&
      caller_.End(child.pairings.back(), v1::PAIRING_END_REASON_OTHER_PAIRING).ok())
    child.pairings.pop_back();
  if (!child.pairings.empty() || Chance(3) == 0) return;
  // A role without a load limit, since the model knows none.
  auto made = caller_.Pair(child.name, school.teachers[Chance(school.teachers.size())],
                           v1::PAIRING_ROLE_PROXY_PARENT);
  if (made.ok()) child.pairings.push_back(*made);
}

void Worker::Excuse(Child& child) {
  auto duties = Duties(province_.clients(), model::CountyOf(child.name), child.name);
  if (duties.ok() && !duties->empty()) caller_.Excuse((*duties)[Chance(duties->size())]).IgnoreError();
}

void Worker::Answer(Child& child, School& school) {
  auto alerts = Alerts(province_.clients(), model::CountyOf(child.name), child.name);
  if (!alerts.ok() || alerts->empty()) return;
  const alerts::v1::Alert& alert = (*alerts)[Chance(alerts->size())];
  const std::string& teacher = school.teachers[Chance(school.teachers.size())];
  if (Chance(2) == 0) {
    caller_.Acknowledge(alert, teacher).IgnoreError();
  } else {
    caller_.Resolve(alert, teacher, "已到校").IgnoreError();
  }
}

}  // namespace tonghu::fault
