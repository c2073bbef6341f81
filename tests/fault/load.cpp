#include "tests/fault/load.h"

#include <fmt/core.h>

#include <map>
#include <set>

#include "absl/time/clock.h"
#include "tests/fault/worker.h"

namespace tonghu::fault {

Load::Load(Province& province, uint64_t seed, int threads) : province_(province), thread_count_(threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i, seed] { Work(i, seed + i); });
}

void Load::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Load::Pause() {
  absl::MutexLock lock(&mutex_);
  paused_ = true;
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return busy_ == 0; };
  mutex_.Await(absl::Condition(&idle));
}

void Load::Resume() {
  absl::MutexLock lock(&mutex_);
  ++round_;
  paused_ = false;
}

bool Load::AwaitMore(int count, absl::Duration patience) const {
  const int goal = acknowledged_ + count;
  const absl::Time end = absl::Now() + patience;
  while (acknowledged_ < goal) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

void Load::Work(int thread, uint64_t seed) {
  std::set<std::string> schools;
  for (const Paired& one : province_.paired()) schools.insert(one.school);
  std::map<std::string, uint64_t> own;
  int number = 0;
  for (const std::string& school : schools) {
    if (number % thread_count_ == thread) own[school] = number;
    ++number;
  }
  Worker worker(province_, own, seed, fmt::format("load-{}-{}", seed, thread));
  for (;;) {
    uint64_t round = 0;
    {
      absl::MutexLock lock(&mutex_);
      const auto may = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !paused_; };
      mutex_.Await(absl::Condition(&may));
      if (stopping_) return;
      ++busy_;
      round = round_;
    }
    acknowledged_ += worker.Act(round);
    absl::MutexLock lock(&mutex_);
    --busy_;
  }
}

}  // namespace tonghu::fault
