#include "tests/fault/model/ladder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tonghu::fault::model {
namespace {

struct Step {
  absl::Duration delay;  // after the step before it
  std::vector<int> levels;
};

struct Policy {
  std::vector<Step> steps;
  absl::Duration patience;  // after an answer, before it climbs on
  absl::Duration again;     // the last step is repeated
};

// What holds in a county that has set nothing.
const Policy& PolicyOf(int kind) {
  static const std::map<int, Policy> kPolicies = {
      {kDutyMissed,
       {{{absl::Hours(0), {kHelper}},
         {absl::Hours(24), {kHead}},
         {absl::Hours(48), {kTownship}},
         {absl::Hours(72), {kCounty}},
         {absl::Hours(72), {kProvince}}},
        absl::Hours(72),
        absl::Hours(72)}},
      {kAbsence,
       {{{absl::Hours(0), {kTeacher}},
         {absl::Hours(2), {kHead}},
         {absl::Hours(4), {kTownship}},
         {absl::Hours(12), {kCounty}},
         {absl::Hours(24), {kProvince}}},
        absl::Hours(24),
        absl::Hours(24)}},
      {kAttendanceNotSent,
       {{{absl::Hours(0), {kHead}},
         {absl::Hours(2), {kTownship}},
         {absl::Hours(24), {kCounty}},
         {absl::Hours(48), {kProvince}}},
        absl::Hours(24),
        absl::Hours(48)}},
      {kEmergency,
       {{{absl::Hours(0), {kTeacher, kHead, kTownship, kCounty}}, {absl::Minutes(15), {kProvince}}},
        absl::Hours(24),
        absl::Hours(1)}},
      {kUncovered,
       {{{absl::Hours(0), {kHead}},
         {absl::Hours(72), {kTownship}},
         {absl::Hours(72), {kCounty}},
         {absl::Hours(168), {kProvince}}},
        absl::Hours(168),
        absl::Hours(168)}},
  };
  return kPolicies.at(kind);
}

std::string PostAt(int level, const Alert& alert) {
  const std::string& any = alert.subject.child.empty() ? alert.subject.school : alert.subject.child;
  const std::string posts = absl::StrCat(CountyOf(any), "/posts/");
  const std::string school = IdOf(alert.place.school);
  switch (level) {
    case kHead:
      return absl::StrCat(posts, "school_head-", school);
    case kTownship:
      return absl::StrCat(posts, "township_supervisor-", alert.place.township);
    case kCounty:
      return absl::StrCat(posts, "county_office");
    case kProvince:
      return absl::StrCat(posts, "province_office");
    default:
      return absl::StrCat(posts, "class_teacher-", school, "-", alert.place.grade, "-",
                          alert.place.class_number);
  }
}

// Who hears it at a level: nobody, when the post and its deputy are vacant.
std::vector<Entry> Tell(const Alert& alert, int level, const Posts& posts) {
  if (level == kHelper && !alert.helper.empty())
    return {{.action = kTold, .level = level, .staff = alert.helper}};
  const std::string name = PostAt(level, alert);
  const auto post = posts.find(name);
  if (post != posts.end() && !post->second.holder.empty())
    return {{.action = kTold, .level = level, .post = name, .staff = post->second.holder}};
  std::vector<Entry> entries = {{.action = kVacant, .level = level, .post = name}};
  if (post != posts.end() && !post->second.deputy.empty()) {
    entries.push_back(
        {.action = kTold, .level = level, .post = name, .staff = post->second.deputy, .deputy = true});
  }
  return entries;
}

// Takes the step that is next, and those behind it as long as nobody hears.
void Take(Alert& alert, const Posts& posts, absl::Time now) {
  const Policy& policy = PolicyOf(alert.subject.kind);
  const int last = static_cast<int>(policy.steps.size()) - 1;
  for (int step = std::min(alert.next_step, last);; ++step) {
    std::vector<Entry> entries;
    for (const int level : policy.steps[step].levels) {
      for (const Entry& entry : Tell(alert, level, posts)) entries.push_back(entry);
    }
    bool heard = false;
    for (const Entry& entry : entries) {
      if (entry.action != kTold) continue;
      heard = true;
      alert.level = std::max(alert.level, entry.level);
    }
    alert.next_step = step + 1;
    alert.next_step_time = now;
    if (step == last) {
      alert.next_step_time += policy.again;
    } else if (heard) {
      alert.next_step_time += policy.steps[step + 1].delay;
    }
    for (Entry& entry : entries) {
      entry.at = now;
      entry.step = step;
      entry.next = alert.next_step_time;
      alert.entries.push_back(entry);
    }
    if (heard || step == last) return;
  }
}

void Add(Alert& alert, int action, const std::string& staff, absl::Time now) {
  alert.entries.push_back({.at = now,
                           .action = action,
                           .staff = staff,
                           .step = std::max(0, alert.next_step - 1),
                           .next = alert.next_step_time});
}

void Settle(Alert& alert, const std::string& staff, const std::string& words, absl::Time now) {
  alert.state = kResolved;
  alert.settled = now;
  alert.words = words;
  alert.next_step_time = absl::InfinitePast();
  Add(alert, kSettled, staff, now);
}

}  // namespace

void Raise(Alert& alert, const Posts& posts, absl::Time now) {
  alert.raised = now;
  alert.next_step_time = now;  // every first step is taken at once
  Add(alert, kRaised, "", now);
  Take(alert, posts, now);
}

void Climb(Alert& alert, const Posts& posts, absl::Time now) {
  alert.state = kOpen;
  Take(alert, posts, now);
}

void Repeat(Alert& alert, absl::Time now) {
  ++alert.occurrences;
  Add(alert, kRepeated, "", now);
}

void NoteUnsigned(Alert& alert, absl::Time now) { Add(alert, kNoted, "", now); }

void Excuse(Alert& alert, absl::Time now) {
  --alert.occurrences;
  Add(alert, kExcusedMorning, "", now);
}

bool Acknowledge(Alert& alert, const std::string& staff, absl::Time now) {
  if (alert.state == kResolved) return false;
  if (alert.state == kAcknowledged) return alert.answered_by == staff;
  alert.state = kAcknowledged;
  alert.answered = now;
  alert.answered_by = staff;
  alert.next_step_time = now + PolicyOf(alert.subject.kind).patience;
  Add(alert, kAnswered, staff, now);
  return true;
}

bool Resolve(Alert& alert, const std::string& staff, const std::string& words, absl::Time now) {
  if (alert.state == kResolved) return false;
  Settle(alert, staff, words, now);
  return true;
}

void SettleByFact(Alert& alert, absl::Time now) {
  if (alert.state != kResolved) Settle(alert, "", "", now);
}

}  // namespace tonghu::fault::model
