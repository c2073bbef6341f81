// Time as a dependency: domain code takes `now`, the edge reads a Clock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tonghu::clock {

// China Standard Time: UTC+8 all year since 1991, so no time zone database is needed.
absl::TimeZone China();

// The civil day and the instant of its first moment in China.
absl::CivilDay DayOf(absl::Time time);
absl::Time StartOf(absl::CivilDay day);

// Microseconds since the epoch, the precision PostgreSQL stores; and back.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros);

// A source of the current time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // True when the clock moves only when told (development and simulation only).
  virtual bool is_virtual() const = 0;
};

// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  bool is_virtual() const override { return false; }
};

// One time shared by all processes that map the same small file. Whoever tells it to move must first see the
// system quiet.
class VirtualClock final : public Clock {
 public:
  // Maps `path`, making it with `initial` when it does not exist. Errors: UNAVAILABLE when the file can't be
  // made or mapped.
  static absl::StatusOr<std::unique_ptr<VirtualClock>> Open(const std::string& path, absl::Time initial);
  ~VirtualClock() override;
  VirtualClock(const VirtualClock&) = delete;
  VirtualClock& operator=(const VirtualClock&) = delete;

  absl::Time Now() const override;
  bool is_virtual() const override { return true; }
  // Moves to `time`. Errors: INVALID_ARGUMENT when that is earlier than now; the clock never goes back.
  absl::Status AdvanceTo(absl::Time time);

 private:
  explicit VirtualClock(std::atomic<int64_t>* micros) : micros_(micros) {}
  std::atomic<int64_t>* const micros_;  // in the shared mapping
};

// "system" or "virtual:<path>". A virtual clock that does not exist yet starts at the machine's time.
// Errors: INVALID_ARGUMENT for any other text.
absl::StatusOr<std::unique_ptr<Clock>> Make(const std::string& setting);

}  // namespace tonghu::clock
