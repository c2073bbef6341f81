// Puts what the bus delivers of one journal's shard back in order: doubled events are dropped, early ones
// kept, gaps named. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

using Event = tonghu::journal::v1::Event;

// Not thread-safe.
class Sequencer {
 public:
  // `applied` is the newest position already applied. At most `max_early` events are kept ahead of a gap;
  // more are dropped (they will be read again).
  explicit Sequencer(int64_t applied = 0, size_t max_early = 10000)
      : applied_(applied), max_early_(max_early) {}

  // Starts again behind `applied`; what is kept from later positions stays.
  void Reset(int64_t applied);

  // Takes an event in whatever order it came.
  void Offer(Event event);

  // At most `max` events that directly follow `applied()`, in order, without taking them out.
  std::vector<const Event*> Ready(size_t max) const;

  // These many of the ready ones are applied.
  void Advance(size_t count);

  int64_t applied() const { return applied_; }
  // True when something later has come, but not the next one.
  bool gap() const { return !kept_.empty() && kept_.begin()->first != applied_ + 1; }
  bool empty() const { return kept_.empty(); }
  // The position before which events are missing, while there is a gap.
  int64_t first_kept() const { return kept_.begin()->first; }

 private:
  int64_t applied_;
  size_t max_early_;
  std::map<int64_t, Event> kept_;
};

}  // namespace tonghu::journal
