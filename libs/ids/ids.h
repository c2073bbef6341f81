// New ids, from a source that tests and simulations can seed; and ids derived from a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace tonghu::ids {

// Gives ids nobody has had before: UUIDv7 text (RFC 9562), lower case, sortable by the millisecond of `now`.
// Thread-safe.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::string Next(absl::Time now) = 0;
};

// Random bits from the kernel: nobody can guess the next id.
class RandomSource final : public Source {
 public:
  std::string Next(absl::Time now) override;

 private:
  absl::Mutex mutex_;
  std::vector<unsigned char> pool_ ABSL_GUARDED_BY(mutex_);  // read ahead, used from the end
};

// The same ids for the same seed and times, for tests and simulation.
class SeededSource final : public Source {
 public:
  explicit SeededSource(uint64_t seed) : random_(seed) {}
  std::string Next(absl::Time now) override;

 private:
  absl::Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
};

// The lowest id that a Source gives at `time`: ids given in an earlier millisecond are lower, ids given later
// are not. What was made within some time is found so by its ids.
std::string FirstAt(absl::Time time);

// The same id for the same name, always: UUIDv8 of the name's SHA-256. For things that must exist once
// however often they are made.
std::string Derived(std::string_view name);
// The same, but sorting beside the UUID `id` (it has that one's first 48 bits, for ours the millisecond):
// what was made together, and what comes of it, then stays together in every index. Derived(name) when `id`
// is no UUID.
std::string DerivedBeside(std::string_view id, std::string_view name);

// Whether `text` is a UUID as we write them: 36 characters, lower-case hex.
bool IsUuid(std::string_view text);

}  // namespace tonghu::ids
