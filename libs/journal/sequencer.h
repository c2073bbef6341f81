// Puts the events that the bus delivers of one journal's shard back in order: events that come twice are
// dropped, early ones kept, gaps named. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "libs/journal/event.h"

namespace tonghu::journal {

// Not thread-safe.
class Sequencer {
 public:
  // The bounds of what is kept: events, and bytes of payload with an allowance for the rest of each event.
  struct Limits {
    size_t events = 8000;
    size_t bytes = 8 << 20;
  };
  // `applied` is the newest position already applied.
  explicit Sequencer(int64_t applied = 0) : Sequencer(applied, Limits()) {}
  Sequencer(int64_t applied, Limits limits) : applied_(applied), limits_(limits) {}

  // Starts again behind `applied`; events kept from later positions stay.
  void Reset(int64_t applied);

  // Takes an event in whatever order it came. Over the limits the latest are dropped, to be read again; the
  // one that is next never is.
  void Offer(Event event);
  // Half of what the limits allow is kept: no more should be brought. The other half is room for the rest of
  // a run that has been begun.
  bool full() const { return kept_.size() >= limits_.events / 2 || bytes_ >= limits_.bytes / 2; }

  // Gives at most `max` events that directly follow `applied()`, in order, without taking them out. Valid
  // until the next Offer, Advance or Reset.
  std::vector<const Event*> Ready(size_t max) const;

  // Notes that the first `count` ready events are applied.
  void Advance(size_t count);

  int64_t applied() const { return applied_; }
  // True when later events have come, but not the next one.
  bool gap() const { return !kept_.empty() && kept_.begin()->first != applied_ + 1; }
  bool empty() const { return kept_.empty(); }
  // The position before which events are missing, while there is a gap.
  int64_t first_kept() const { return kept_.begin()->first; }

 private:
  static size_t SizeOf(const Event& event);
  void Drop(std::map<int64_t, Event>::iterator event);

  int64_t applied_;
  Limits limits_;
  std::map<int64_t, Event> kept_;
  size_t bytes_ = 0;
};

}  // namespace tonghu::journal
