// Ids: new ones from a source that tests and simulations can seed, and ids derived from a name.
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

// A source of ids that were never given before: UUIDv7 text (RFC 9562), lower case, sorting by the
// millisecond of `now`. Thread-safe.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::string Next(absl::Time now) = 0;
};

// A source with random bits from the kernel, so that nobody can guess the next id.
class RandomSource final : public Source {
 public:
  std::string Next(absl::Time now) override;

 private:
  absl::Mutex mutex_;
  std::vector<unsigned char> pool_ ABSL_GUARDED_BY(mutex_);  // random bytes read ahead, used from the end
};

// A source that gives the same ids for the same seed and times, for tests and simulation.
class SeededSource final : public Source {
 public:
  explicit SeededSource(uint64_t seed) : random_(seed) {}
  std::string Next(absl::Time now) override;

 private:
  absl::Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
};

// The lowest id that a Source gives at `time`: ids given in an earlier millisecond are lower, ids given later
// are not. Rows made within some time are found in this way by their ids.
std::string FirstAt(absl::Time time);

// The id of a name, always the same: UUIDv8 (RFC 9562) of the name's SHA-256. For things that must exist once
// however often they are made.
std::string Derived(std::string_view name);
// The id of a name as Derived gives it, but sorting beside the UUID `id`, whose first 48 bits (for ours, the
// millisecond) it takes. What was made together, and what comes of it, then stays together in every index.
// Derived(name) when `id` is no UUID.
std::string DerivedBeside(std::string_view id, std::string_view name);

// Whether `text` is a UUID in our spelling: 36 characters, lower-case hexadecimal.
bool IsUuid(std::string_view text);

}  // namespace tonghu::ids
