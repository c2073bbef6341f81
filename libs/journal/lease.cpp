#include "libs/journal/lease.h"

#include <time.h>

#include <algorithm>

#include "libs/log/log.h"

namespace tonghu::journal {
namespace {

// One statement a renewal: be alive, count the living, keep at most a fair share, take what has lapsed. The
// living replica with the same name is this one's earlier life, so its leases are ours at once.
constexpr char kRenew[] = R"sql(
WITH alive AS (
  INSERT INTO replica (name, expire_time) VALUES ($1, clock_timestamp() + make_interval(secs => $2 / 1000.0))
  ON CONFLICT (name) DO UPDATE SET expire_time = excluded.expire_time
  RETURNING name
), share AS (
  SELECT ceil($3::numeric / greatest(1, (SELECT count(*) FROM replica WHERE expire_time > clock_timestamp() AND name <> $1) + 1))::int AS n
  FROM alive
), mine AS (
  SELECT shard FROM lease WHERE owner = $1 ORDER BY shard LIMIT (SELECT n FROM share)
), given AS (
  UPDATE lease SET owner = '', expire_time = '-infinity' WHERE owner = $1 AND shard NOT IN (SELECT shard FROM mine)
), free AS (
  SELECT shard FROM lease WHERE expire_time < clock_timestamp() AND owner <> $1
  ORDER BY shard LIMIT greatest(0, (SELECT n FROM share) - (SELECT count(*) FROM mine)) FOR UPDATE SKIP LOCKED
)
UPDATE lease SET owner = $1, fence = fence + (owner <> $1)::int, expire_time = clock_timestamp() + make_interval(secs => $2 / 1000.0)
WHERE shard IN (SELECT shard FROM mine UNION SELECT shard FROM free)
RETURNING shard)sql";

constexpr char kGiveBack[] = R"sql(
WITH gone AS (DELETE FROM replica WHERE name = $1)
UPDATE lease SET owner = '', expire_time = '-infinity' WHERE owner = $1)sql";

}  // namespace

absl::Time MonotonicNow() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

Leases::Leases(Options options, postgres::Pool& pool) : options_(std::move(options)), pool_(pool) {
  thread_ = std::thread([this] { Keep(); });
}

std::vector<int> Leases::Held() const {
  absl::MutexLock lock(&mutex_);
  return MonotonicNow() < valid_until_ ? held_ : std::vector<int>();
}

bool Leases::Holds(int shard) const {
  const std::vector<int> held = Held();
  return std::find(held.begin(), held.end(), shard) != held.end();
}

absl::Status Leases::Renew() {
  const absl::Time asked = MonotonicNow();
  auto connection = pool_.Acquire(options_.ttl / 4);
  if (!connection.ok()) return connection.status();
  auto rows = (*connection)
                  ->Run(kRenew, postgres::Params()
                                    .Text(options_.replica)
                                    .Int(absl::ToInt64Milliseconds(options_.ttl))
                                    .Int(options_.shards));
  if (!rows.ok()) return rows.status();
  std::vector<int> held;
  for (int i = 0; i < rows->rows(); ++i) held.push_back(static_cast<int>(rows->Int(i, 0)));
  std::sort(held.begin(), held.end());
  absl::MutexLock lock(&mutex_);
  if (held != held_) spdlog::info("shards worked here: {} of {}", held.size(), options_.shards);
  held_ = std::move(held);
  valid_until_ = asked + options_.ttl;
  return absl::OkStatus();
}

void Leases::Keep() {
  for (;;) {
    if (absl::Status renewed = Renew(); !renewed.ok())
      spdlog::warn("leases not renewed: {}", renewed.ToString());
    absl::MutexLock lock(&mutex_);
    const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; };
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping), options_.ttl / 4)) return;
  }
}

void Leases::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  thread_.join();
  {
    absl::MutexLock lock(&mutex_);
    valid_until_ = absl::InfinitePast();
  }
  auto connection = pool_.Acquire(absl::Seconds(1));
  if (!connection.ok()) return;
  auto given = (*connection)->Run(kGiveBack, postgres::Params().Text(options_.replica));
  if (!given.ok()) spdlog::warn("leases lapse by themselves: {}", given.status().ToString());
}

}  // namespace tonghu::journal
