#include "libs/journal/refused_attempts.h"

#include <utility>

namespace tonghu::journal {
namespace {

constexpr size_t kMostChildren = 100;  // of one actor in a minute, told one by one
constexpr size_t kMostActors = 1000;   // in a minute

}  // namespace

std::optional<RefusedAttempt> RefusedAttempts::Add(const RefusedAttempt& attempt,
                                                   const std::set<std::string>& children) {
  absl::MutexLock lock(&mutex_);
  if (actors_.size() >= kMostActors && !actors_.contains(attempt.actor)) {
    ++uncounted_;
    return std::nullopt;
  }
  Actor& actor = actors_.try_emplace(attempt.actor, Actor{attempt, {}}).first->second;
  RefusedAttempt first = attempt;
  for (const std::string& child : children) {
    if (const auto known = actor.untold.find(child); known != actor.untold.end()) {
      ++known->second;
    } else if (actor.untold.size() < kMostChildren) {
      actor.untold[child] = 0;
      first.event.add_child_ids(child);
    } else {
      ++actor.untold[""];
    }
  }
  if (first.event.child_ids().empty()) return std::nullopt;
  first.event.set_times(1);
  return first;
}

std::vector<RefusedAttempt> RefusedAttempts::EndMinute() {
  std::map<std::string, Actor> over;
  {
    absl::MutexLock lock(&mutex_);
    over.swap(actors_);
  }
  std::vector<RefusedAttempt> attempts;
  for (const auto& [name, actor] : over) {
    for (const auto& [child, times] : actor.untold) {
      if (times == 0) continue;
      RefusedAttempt& attempt = attempts.emplace_back(actor.first);
      if (!child.empty()) attempt.event.add_child_ids(child);
      attempt.event.set_times(times);
    }
  }
  return attempts;
}

int64_t RefusedAttempts::TakeUncounted() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(uncounted_, 0);
}

}  // namespace tonghu::journal
