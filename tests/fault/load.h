// Teachers who go on recording whatever happens to the system, and remember what they were told.
#pragma once

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/fault/province.h"

namespace tonghu::fault {

// Each thread records contacts one after the other; on an outage it repeats with the same request id, as a
// patient client does, and sometimes without need. One more moves children to the next class, again and
// again, so that each child has a history whose order can be looked at. Runs from construction until Stop.
class Load {
 public:
  Load(Province& province, uint64_t seed, int threads);
  ~Load() { Stop(); }
  void Stop();

  // Contacts acknowledged so far.
  int acknowledged() const { return acknowledged_; }
  // Waits until `count` more are acknowledged; false after `patience`.
  bool AwaitMore(int count, absl::Duration patience) const;

  // After Stop: note (unique a contact) → the name each caller was told; and notes whose outcome no caller
  // learned.
  const std::map<std::string, std::string>& told() const { return told_; }
  const std::vector<std::string>& unknown() const { return unknown_; }
  // Refusals that no caller should have had.
  const std::vector<std::string>& surprises() const { return surprises_; }

 private:
  void Work(int thread, uint64_t seed);
  void MoveChildren(uint64_t seed);
  void Record(const pairing::v1::CreateContactRequest& request);

  Province& province_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> acknowledged_ = 0;
  absl::Mutex mutex_;
  std::map<std::string, std::string> told_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> unknown_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> surprises_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace tonghu::fault
