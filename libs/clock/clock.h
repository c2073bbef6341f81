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

// China Standard Time, UTC+8 all year: China last had summer time in 1991, so no time zone database is
// needed.
absl::TimeZone China();

// The civil day of an instant in China; and the first instant of a civil day in China.
absl::CivilDay DayOf(absl::Time time);
absl::Time StartOf(absl::CivilDay day);

// An instant as microseconds since 1970, the precision of PostgreSQL's timestamptz; and back.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros);

// A source of the current time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // True for a clock that moves only when it is told to: for development and simulation.
  virtual bool is_virtual() const = 0;
};

// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  bool is_virtual() const override { return false; }
};

// A time shared by all processes that map the same small file. Nothing keeps a process from working while the
// time moves: whoever moves it first makes sure that all are quiet (libs/fleet). Thread-safe.
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
  // Moves the clock to `time`. Errors: INVALID_ARGUMENT when `time` is earlier than the clock's; the clock
  // never goes back.
  absl::Status AdvanceTo(absl::Time time);

 private:
  explicit VirtualClock(std::atomic<int64_t>* micros) : micros_(micros) {}
  std::atomic<int64_t>* const micros_;  // in the shared mapping
};

// Makes the clock that a setting names: "system" or "virtual:<path>". A virtual clock whose file does not
// exist yet starts at the machine's time. Errors: INVALID_ARGUMENT for any other text, and
// VirtualClock::Open's.
absl::StatusOr<std::unique_ptr<Clock>> Make(const std::string& setting);

}  // namespace tonghu::clock
