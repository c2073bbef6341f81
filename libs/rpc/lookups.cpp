#include "libs/rpc/lookups.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tonghu::rpc {
namespace {

// A second one goes on when the first one's connection is stuck.
constexpr int kMostWorkers = 2;
constexpr size_t kMostWaiting = 4096;
constexpr size_t kMostBytes = 64 << 20;
constexpr size_t kMostTogether = 256;

void Append(std::vector<Key>& all, const std::vector<Key>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

// What two lookups may find of resources depends on the call, so these go alone.
bool GoesAlone(const Sought& sought) { return !sought.resources.empty(); }

}  // namespace

// A worker that has given the last answer looks once more whether anything waits.
Lookups::~Lookups() {
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return working_ == 0; };
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&idle));
}

bool Lookups::Find(Sought sought, size_t bytes, Done done) {
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= kMostWaiting || bytes_ + bytes > kMostBytes) return false;
  if (working_ < kMostWorkers) {
    // The worker waits for this mutex, and so finds the lookup.
    if (workers_.Submit([this] { Work(); })) {
      ++working_;
    } else if (working_ == 0) {
      return false;
    }
  }
  waiting_.push_back({std::move(sought), bytes, std::move(done)});
  bytes_ += bytes;
  return true;
}

void Lookups::Work() {
  for (;;) {
    std::vector<Waiting> some = TakeSome();
    if (some.empty()) return;
    Answer(std::move(some));
  }
}

// Empty: nothing waits, and this worker counts as gone.
std::vector<Lookups::Waiting> Lookups::TakeSome() {
  absl::MutexLock lock(&mutex_);
  std::vector<Waiting> some;
  while (some.size() < std::min(waiting_.size(), kMostTogether)) {
    Waiting& next = waiting_[some.size()];
    if (GoesAlone(next.sought) && !some.empty()) break;
    bytes_ -= next.bytes;
    some.push_back(std::move(next));
    if (GoesAlone(some.back().sought)) break;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(some.size()));
  if (some.empty()) --working_;
  return some;
}

void Lookups::Answer(std::vector<Waiting> some) {
  Sought together = std::move(some.front().sought);
  for (size_t i = 1; i < some.size(); ++i) {
    Append(together.children, some[i].sought.children);
    Append(together.schools, some[i].sought.schools);
  }
  const absl::StatusOr<Found> found = places_.Find(together);
  for (Waiting& one : some) one.done(found);
}

}  // namespace tonghu::rpc
