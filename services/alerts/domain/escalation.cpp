#include "services/alerts/domain/escalation.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/types/span.h"

namespace tonghu::alerts {
namespace {

// The kind of post that answers at a level. A helper has no post, so the class teacher's stands in.
directory::PostKind PostAt(Level level) {
  // The kinds of post are the levels above the helper, so a kind's number is one less than its level's.
  return static_cast<directory::PostKind>(std::max(static_cast<int>(level) - 1, 1));
}

// Adds the entries that tell one level. Gives whether anybody was told.
bool Tell(Level level, int step, const Subject& subject, const Directory& directory,
          std::vector<Entry>& entries) {
  Entry entry{.action = Action::kTold, .level = level, .step = step};
  const bool left = directory.HasLeft(std::string(subject.helper_id));
  // The post of class teacher of a school as a whole does not exist: nobody stands in for the keeper of its
  // whisper box.
  if (level == Level::kHelper && left && subject.place.grade == 0) return false;
  if (level == Level::kHelper && !subject.helper_id.empty() && !left) {
    entry.staff_id = subject.helper_id;
    // A helper whose facts have not come yet is told by number alone.
    if (const std::string* name = directory.FindName(entry.staff_id)) entry.staff_name = *name;
    entries.push_back(std::move(entry));
    return true;
  }
  const directory::Answer answer = directory.WhoAnswers(PostAt(level), subject.place);
  entry.post_id = answer.post_id;
  if (answer.vacant) {
    Entry vacant = entry;
    vacant.action = Action::kVacant;
    entries.push_back(std::move(vacant));
    // The vacancy is an entry of its own before the deputy's: whoever reads the alert sees why a deputy was
    // told.
    entry.as_deputy = true;
  }
  if (answer.person == nullptr) return false;
  entry.staff_id = answer.person->id;
  entry.staff_name = answer.person->name;
  entries.push_back(std::move(entry));
  return true;
}

}  // namespace

Taken TakeStep(const Policy& policy, int step, const Subject& subject, const Directory& directory,
               absl::Time now) {
  const int count = static_cast<int>(policy.steps.size());
  Taken taken;
  for (int current = std::clamp(step, 0, count - 1);; ++current) {
    const size_t first = taken.entries.size();
    bool told = false;
    for (const Level level : policy.steps[current].levels) {
      if (!Tell(level, current, subject, directory, taken.entries)) continue;
      told = true;
      taken.highest = std::max(taken.highest, level);
    }
    taken.next_step = current + 1;
    const bool last = taken.next_step == count;
    // When nobody was told, the next step waits for nothing.
    taken.next_step_time = now + (last   ? policy.repeat_last
                                  : told ? policy.steps[taken.next_step].delay
                                         : absl::ZeroDuration());
    for (Entry& entry : absl::MakeSpan(taken.entries).subspan(first)) {
      entry.time = now;
      entry.next_step_time = taken.next_step_time;
    }
    // Ends, since the last step always returns; its repetition waits for repeat_last, which is at least a
    // minute.
    if (last || taken.next_step_time > now) return taken;
  }
}

std::vector<Entry> Preview(const Policy& policy, const Subject& subject, const Directory& directory,
                           absl::Time raise_time) {
  std::vector<Entry> all;
  int step = 0;
  absl::Time time = raise_time + policy.steps.front().delay;
  while (step < static_cast<int>(policy.steps.size())) {
    Taken taken = TakeStep(policy, step, subject, directory, time);
    std::move(taken.entries.begin(), taken.entries.end(), std::back_inserter(all));
    // TakeStep may have taken several steps at once.
    step = taken.next_step;
    time = taken.next_step_time;
  }
  return all;
}

}  // namespace tonghu::alerts
