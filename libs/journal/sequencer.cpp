#include "libs/journal/sequencer.h"

#include <iterator>
#include <utility>

namespace tonghu::journal {

size_t Sequencer::SizeOf(const Event& event) {
  // For the event's other strings and its node in the map.
  constexpr size_t kAllowance = 256;
  return event.payload.size() + kAllowance;
}

void Sequencer::Drop(std::map<int64_t, Event>::iterator event) {
  bytes_ -= SizeOf(event->second);
  kept_.erase(event);
}

void Sequencer::Reset(int64_t applied) {
  applied_ = applied;
  while (!kept_.empty() && kept_.begin()->first <= applied) Drop(kept_.begin());
}

void Sequencer::Offer(Event event) {
  const int64_t seq = event.seq;
  if (seq <= applied_) return;
  // Without room only an event before the latest kept one is taken: its turn comes sooner, and the latest
  // goes for it.
  const bool no_room = kept_.size() >= limits_.events || bytes_ >= limits_.bytes;
  if (no_room && seq > kept_.rbegin()->first) return;
  const size_t size = SizeOf(event);
  // Events come mostly in order, and the hint makes adding at the end cheap.
  const auto place = kept_.empty() || seq > kept_.rbegin()->first ? kept_.end() : kept_.lower_bound(seq);
  // A position that is kept already stays as it is: both copies hold the same event.
  const size_t before = kept_.size();
  kept_.try_emplace(place, seq, std::move(event));
  if (kept_.size() > before) bytes_ += size;
  // One event always stays, however large: when that is the next one, nothing else could be applied.
  while (kept_.size() > 1 && (kept_.size() > limits_.events || bytes_ > limits_.bytes))
    Drop(std::prev(kept_.end()));
}

std::vector<const Event*> Sequencer::Ready(size_t max) const {
  std::vector<const Event*> ready;
  int64_t next = applied_ + 1;
  for (auto it = kept_.begin(); it != kept_.end() && it->first == next && ready.size() < max; ++it, ++next) {
    ready.push_back(&it->second);
  }
  return ready;
}

void Sequencer::Advance(size_t count) { Reset(applied_ + static_cast<int64_t>(count)); }

}  // namespace tonghu::journal
