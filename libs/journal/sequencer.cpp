#include "libs/journal/sequencer.h"

#include <utility>

namespace tonghu::journal {

void Sequencer::Reset(int64_t applied) {
  applied_ = applied;
  kept_.erase(kept_.begin(), kept_.upper_bound(applied));
}

void Sequencer::Offer(Event event) {
  const int64_t seq = event.seq();
  if (seq <= applied_) return;
  if (kept_.size() >= max_early_ && seq > kept_.rbegin()->first) return;
  kept_.try_emplace(kept_.empty() || seq > kept_.rbegin()->first ? kept_.end() : kept_.lower_bound(seq), seq,
                    std::move(event));
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
