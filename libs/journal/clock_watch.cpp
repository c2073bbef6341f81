#include "libs/journal/clock_watch.h"

#include <time.h>

#include <utility>

#include "libs/log/log.h"
#include "libs/refusal/refusal.h"

namespace tonghu::journal {
namespace {

// How often both clocks are read until both readings are of one moment, and how long that moment may be.
constexpr int kTries = 5;
constexpr absl::Duration kOneMoment = absl::Milliseconds(10);
constexpr size_t kMostToTell = 16;  // kept while the database is away; the oldest are told first

}  // namespace

absl::Time ClockWatch::SystemTime() {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  return absl::TimeFromTimespec(now);
}

ClockWatch::ClockWatch(Options options, postgres::Pool& pool, const clock::Clock& clock,
                       metrics::Metrics& metrics)
    : options_(std::move(options)),
      pool_(pool),
      virtual_(clock.is_virtual()),
      trusted_gauge_(
          metrics.Gauge("tonghu_clock_trusted", "1 while this replica believes its machine's clock")),
      offset_gauge_(metrics.Gauge("tonghu_clock_offset_seconds",
                                  "By how much the machine's clock is ahead of the database's")),
      guard_(options_.guard) {
  trusted_gauge_.Set(virtual_ ? 1 : 0);
  // The first look is taken before anybody asks, so that a replica whose clock is right serves from its
  // start.
  if (!virtual_) Look();
}

void ClockWatch::Start(Listeners listeners) {
  listeners_ = std::move(listeners);
  listeners_.stand(trusted());
  // A virtual clock is one file for all replicas: it can't differ from itself.
  if (virtual_) return;
  thread_ = std::thread([this] { Work(); });
}

void ClockWatch::Stop() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

bool ClockWatch::trusted() const {
  absl::MutexLock lock(&mutex_);
  return virtual_ || guard_.trusted();
}

bool ClockWatch::Distrusted() const {
  absl::MutexLock lock(&mutex_);
  return guard_.distrusted();
}

std::string ClockWatch::why() const {
  absl::MutexLock lock(&mutex_);
  return virtual_ ? "" : guard_.why();
}

absl::Status ClockWatch::Admit() const {
  if (trusted()) return absl::OkStatus();
  return refusal::Make({absl::StatusCode::kUnavailable, "CLOCK_DISTRUSTED", "",
                        "this replica's clock is wrong, so it takes no commands; try again with the same "
                        "request_id, another replica takes it",
                        "本服务节点的时钟不准，暂不受理；请使用相同的请求编号重试，由其他节点受理"});
}

// Tells each change of trust once, in order, however long the operators can't be told: `noted_` is the newest
// change that was queued, and a change back while the queue is full is left for a later look.
void ClockWatch::Work() {
  bool stands = trusted();
  do {
    // Trust changes in Look alone, once a round of this thread, so comparing here misses no change.
    if (trusted() != stands) listeners_.stand(stands = !stands);
    if (Distrusted() != noted_ && to_tell_.size() < kMostToTell) {
      noted_ = !noted_;
      to_tell_.push_back(why());
    }
    Tell();
    if (!waker_.Pause(options_.every)) return;
    Look();
  } while (true);
}

void ClockWatch::Tell() {
  while (!to_tell_.empty()) {
    // A message leaves the queue only when it was told: after a failure it is told again with the next look.
    if (absl::Status told = listeners_.tell(to_tell_.front()); !told.ok()) {
      spdlog::warn("the operators are not told of the clock yet: {}", told.ToString());
      return;
    }
    to_tell_.erase(to_tell_.begin());
  }
}

ClockGuard::Reading ClockWatch::Read() {
  ClockGuard::Reading reading;
  // Without a connection the look goes on: a jump of the wall clock shows without the database.
  auto connection = pool_.Acquire(absl::Seconds(1));
  const absl::Time asked = clock::MonotonicNow();
  if (connection.ok()) {
    if (auto rows = (*connection)->Run("SELECT clock_timestamp()"); rows.ok())
      reading.database = rows->Time(0, 0);
  }
  // Both clocks must be read at one moment: a pause of this thread in between would look like a jump of the
  // wall clock.
  absl::Duration apart;
  for (int i = 0; i < kTries && (i == 0 || apart > kOneMoment); ++i) {
    reading.monotonic = clock::MonotonicNow();
    reading.wall = options_.wall();
    apart = clock::MonotonicNow() - reading.monotonic;
  }
  // Taken after the clocks were read, so that a pause of this thread makes the round trip longer, never the
  // offset wrong.
  reading.round_trip = reading.monotonic - asked;
  return reading;
}

void ClockWatch::Look() {
  const ClockGuard::Reading reading = Read();
  absl::MutexLock lock(&mutex_);
  const bool before = guard_.trusted();
  guard_.Look(reading);
  trusted_gauge_.Set(guard_.trusted() ? 1 : 0);
  offset_gauge_.Set(absl::ToDoubleSeconds(guard_.offset()));
  // Logged once a change, not with every look.
  if (before && !guard_.trusted())
    spdlog::error("the clock is not trusted: {}; shards are given back, commands refused", guard_.why());
  if (!before && guard_.trusted()) spdlog::info("the clock is trusted");
}

}  // namespace tonghu::journal
