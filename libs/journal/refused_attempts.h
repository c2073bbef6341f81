// Counts attempts on children's files that were refused, so that a flood of them becomes few events.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// Whose attempts, and the event that tells of them.
struct RefusedAttempt {
  std::string county;
  std::string actor;
  v1::AttemptRefused event;
};

// The attempts of the present minute. Of one actor and child the first is told at once and the others are
// counted; beyond 100 children of one actor, or 1000 actors, attempts are counted only. Thread-safe.
class RefusedAttempts {
 public:
  // Adds an attempt on the children; in `attempt` the event says neither children nor times. Gives the event
  // to write now, of those children on whom this is the actor's first attempt of the minute; none when there
  // is none.
  std::optional<RefusedAttempt> Add(const RefusedAttempt& attempt, const std::set<std::string>& children);

  // Ends the minute: gives an event for each actor and child of whom more attempts came than were told.
  std::vector<RefusedAttempt> EndMinute();
  // How many attempts of actors beyond the bound came since this was last asked.
  int64_t TakeUncounted();

 private:
  struct Actor {
    RefusedAttempt first;
    std::map<std::string, int64_t> untold;  // by child; "" stands for all children beyond the bound
  };

  absl::Mutex mutex_;
  std::map<std::string, Actor> actors_ ABSL_GUARDED_BY(mutex_);
  int64_t uncounted_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tonghu::journal
