// What was said to the services and what they answered, as the model takes it.
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/fault/model/facts.h"

namespace tonghu::fault {

// Thread-safe.
class Log {
 public:
  void Add(model::Fact fact) {
    absl::MutexLock lock(&mutex_);
    facts_.push_back(std::move(fact));
  }
  // An answer that no caller should have had.
  void Surprise(std::string text) {
    absl::MutexLock lock(&mutex_);
    surprises_.push_back(std::move(text));
  }
  std::vector<model::Fact> facts() const {
    absl::MutexLock lock(&mutex_);
    return facts_;
  }
  std::vector<std::string> surprises() const {
    absl::MutexLock lock(&mutex_);
    return surprises_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<model::Fact> facts_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> surprises_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tonghu::fault
