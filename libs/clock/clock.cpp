#include "libs/clock/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/epoch_day.h"
#include "libs/status/macros.h"

namespace tonghu::clock {

absl::TimeZone China() {
  static const absl::TimeZone zone = absl::FixedTimeZone(8 * 60 * 60);  // looked up by name each time
  return zone;
}

namespace {

// Days and midnights by arithmetic, as every contact asks for its week: looks into a time zone were 6 % of
// pairing's time. What lies some thousand years away, infinite times among it, is left to absl, which bounds
// it.
constexpr int64_t kOffset = 8 * 60 * 60, kDay = 24 * 60 * 60, kFarDays = 1 << 22;

}  // namespace

absl::CivilDay DayOf(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (std::abs(seconds / kDay) > kFarDays) return absl::ToCivilDay(time, China());
  const int64_t local = seconds + kOffset;
  return kEpochDay + (local >= 0 ? local / kDay : -((kDay - 1 - local) / kDay));
}

absl::Time StartOf(absl::CivilDay day) {
  if (day.year() < -10'000 || day.year() > 13'000) return absl::FromCivil(day, China());
  return absl::FromUnixSeconds((day - kEpochDay) * kDay - kOffset);
}

int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time FromMicros(int64_t micros) { return absl::FromUnixMicros(micros); }

absl::StatusOr<std::unique_ptr<VirtualClock>> VirtualClock::Open(const std::string& path,
                                                                 absl::Time initial) {
  const auto failed = [&path](const char* what) {
    return absl::UnavailableError(
        absl::StrCat("virtual clock ", path, ": ", what, ": ", std::strerror(errno)));
  };
  // The clock is a file that all processes share; its eight bytes are the time.
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return failed("open");
  if (::ftruncate(fd, sizeof(std::atomic<int64_t>)) != 0) {
    ::close(fd);
    return failed("truncate");
  }
  void* map = ::mmap(nullptr, sizeof(std::atomic<int64_t>), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (map == MAP_FAILED) return failed("mmap");
  auto* micros = static_cast<std::atomic<int64_t>*>(map);
  static_assert(std::atomic<int64_t>::is_always_lock_free, "shared between processes");
  // ftruncate fills a new file with zeros. Only the first process to open the file sets the initial time: the
  // exchange makes that so even when several open it at once.
  int64_t unset = 0;
  micros->compare_exchange_strong(unset, ToMicros(initial));
  return std::unique_ptr<VirtualClock>(new VirtualClock(micros));
}

VirtualClock::~VirtualClock() { ::munmap(micros_, sizeof(std::atomic<int64_t>)); }

absl::Time VirtualClock::Now() const { return FromMicros(micros_->load(std::memory_order_acquire)); }

absl::Status VirtualClock::AdvanceTo(absl::Time time) {
  const int64_t target = ToMicros(time);
  // Two callers may move the clock at once: the exchange fails for the slower one, which then looks again.
  int64_t seen = micros_->load();
  do {
    if (target < seen) return absl::InvalidArgumentError("a virtual clock never goes back");
  } while (!micros_->compare_exchange_weak(seen, target));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Clock>> Make(const std::string& setting) {
  if (setting == "system") return std::make_unique<SystemClock>();
  if (absl::StartsWith(setting, "virtual:") && setting.size() > 8) {
    ASSIGN_OR_RETURN(auto clock, VirtualClock::Open(setting.substr(8), absl::Now()));
    return std::unique_ptr<Clock>(std::move(clock));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("clock must be \"system\" or \"virtual:<path>\", not \"", setting, "\""));
}

}  // namespace tonghu::clock
