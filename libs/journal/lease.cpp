#include "libs/journal/lease.h"

#include <algorithm>

#include "libs/log/log.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

// A renewal in one statement: the replica is marked alive, the living are counted, at most a fair share of
// the leases is kept and the rest given up, and lapsed ones are taken. The share is rounded up, so that no
// shard is left over. A living replica of the same name is this one's earlier life, so its leases are this
// replica's at once. `free` passes over rows that another replica is taking now (SKIP LOCKED). No row is
// changed twice: `given` has none of `mine`, and `free` none of this owner's.
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

Leases::Leases(Options options, postgres::Pool& pool)
    : options_(std::move(options)), pool_(pool), stands_(options_.stands) {
  thread_ = std::thread([this] { Keep(); });
}

std::vector<int> Leases::Held() const {
  absl::MutexLock lock(&mutex_);
  // A process that was frozen sees by the monotonic clock, on its first look, that its leases have lapsed.
  return stands_ && MonotonicNow() < valid_until_ ? held_ : std::vector<int>();
}

bool Leases::Holds(int shard) const {
  const std::vector<int> held = Held();
  return std::find(held.begin(), held.end(), shard) != held.end();
}

void Leases::Stand(bool stands) {
  {
    // This process stops, or waits for its next renewal, at once; the rows follow in Keep.
    absl::MutexLock lock(&mutex_);
    stands_ = stands;
    valid_until_ = absl::InfinitePast();
  }
  waker_.Wake();
}

absl::Status Leases::Renew() {
  const absl::Time asked = MonotonicNow();
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(options_.ttl / 4));
  ASSIGN_OR_RETURN(auto rows, (connection)
                                  ->Run(kRenew, postgres::Params()
                                                    .Text(options_.replica)
                                                    .Int(absl::ToInt64Milliseconds(options_.ttl))
                                                    .Int(options_.shards)));
  std::vector<int> held;
  for (int i = 0; i < rows.rows(); ++i) held.push_back(static_cast<int>(rows.Int(i, 0)));
  std::sort(held.begin(), held.end());
  absl::MutexLock lock(&mutex_);
  if (held != held_) spdlog::info("shards worked here: {} of {}", held.size(), options_.shards);
  held_ = std::move(held);
  // Counted from before the request, so that this replica never thinks itself a holder longer than the
  // database does.
  valid_until_ = asked + options_.ttl;
  return absl::OkStatus();
}

absl::Status Leases::GiveBack(absl::Duration patience) {
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(patience));
  return connection->Run(kGiveBack, postgres::Params().Text(options_.replica)).status();
}

void Leases::Keep() {
  bool given = false;  // the leases were given back since this replica stands aside
  // Renewed four times in a lease's lifetime, so that a slow or failed renewal loses nothing.
  do {
    bool stands = true;
    {
      absl::MutexLock lock(&mutex_);
      stands = stands_;
    }
    const absl::Status kept = stands ? Renew() : given ? absl::OkStatus() : GiveBack(options_.ttl / 4);
    given = !stands && kept.ok();
    if (!kept.ok()) spdlog::warn("leases not {}: {}", stands ? "renewed" : "given back", kept.ToString());
  } while (waker_.Wait(options_.ttl / 4));
}

void Leases::Stop() {
  if (waker_.stopped()) return;
  waker_.Stop();
  thread_.join();
  {
    absl::MutexLock lock(&mutex_);
    valid_until_ = absl::InfinitePast();
  }
  if (absl::Status given = GiveBack(absl::Seconds(1)); !given.ok())
    spdlog::warn("leases lapse by themselves: {}", given.ToString());
}

}  // namespace tonghu::journal
