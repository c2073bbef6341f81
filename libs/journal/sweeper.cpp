#include "libs/journal/sweeper.h"

#include <algorithm>
#include <utility>

#include "libs/journal/time.h"
#include "libs/log/log.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kVirtualPoll = absl::Milliseconds(2);
constexpr absl::Duration kSoon = absl::Milliseconds(10);  // after something was due, more will be
constexpr absl::Duration kVirtualLookAgain = absl::Milliseconds(100);  // for what other replicas commit

}  // namespace

Sweeper::Sweeper(Options options, postgres::Pool& pool, const Leases& leases, const clock::Clock& clock,
                 std::vector<Sweep> sweeps, Committed committed)
    : options_(options),
      pool_(pool),
      leases_(leases),
      clock_(clock),
      sweeps_(std::move(sweeps)),
      committed_(std::move(committed)) {
  thread_ = std::thread([this] { Work(); });
}

void Sweeper::Stop() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Sweeper::Touch(int shard) {
  absl::MutexLock lock(&mutex_);
  swept_.erase(shard);
  touched_.insert(shard);
  ++touches_[shard];
}

int64_t Sweeper::TouchesOf(int shard) const {
  absl::MutexLock lock(&mutex_);
  const auto found = touches_.find(shard);
  return found == touches_.end() ? 0 : found->second;
}

absl::Time Sweeper::SweptThrough(int shard) const {
  absl::MutexLock lock(&mutex_);
  const auto found = swept_.find(shard);
  return found == swept_.end() ? absl::InfinitePast() : found->second;
}

absl::StatusOr<absl::Time> Sweeper::Time() {
  if (clock_.is_virtual()) return clock_.Now();
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(absl::Seconds(1)));
  return Now(*connection, clock_);
}

std::set<int> Sweeper::TakeTouched() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(touched_, {});
}

// Each round looks at what is due on all shards held here, or, while a virtual clock stands still, on those
// that a commit has touched; then a pause, as long as nothing is known to fall due.
void Sweeper::Work() {
  absl::Time looked = absl::InfinitePast();
  std::vector<int> looked_at;
  bool clean = false;
  absl::Time look_again = absl::InfinitePast();
  absl::Duration pause = options_.poll;
  for (;;) {
    fired_ = false;
    next_ = absl::InfiniteFuture();
    const absl::StatusOr<absl::Time> now = Time();
    const std::vector<int> held = leases_.Held();
    const std::set<int> touched = TakeTouched();
    // A virtual clock that stands still brings no deadline: only touched shards are looked at again.
    const bool same = clock_.is_virtual() && clean && *now == looked && held == looked_at;
    if (!now.ok()) {
      spdlog::warn("not swept: {}", now.status().ToString());
    } else if (!same || MonotonicNow() >= look_again) {
      clean = SweepAll(held, *now);
      looked = *now;
      looked_at = held;
      look_again = MonotonicNow() + kVirtualLookAgain;
    } else if (!touched.empty()) {
      std::vector<int> mine;
      for (int shard : held) {
        if (touched.contains(shard)) mine.push_back(shard);
      }
      clean = SweepAll(mine, *now);
    }
    // Doubled while nothing is due: a stream of deadlines is fired in small batches, soon after each is due,
    // and a quiet service asks the database seldom.
    pause = std::min(fired_ ? kSoon : 2 * pause, options_.poll);
    // A deadline that is known is not slept over. Those that come meanwhile wait for the pause to end.
    const absl::Duration left = now.ok() ? std::max(next_ - *now, kSoon) : pause;
    // Commits do not wake the sweeper, which would cost a look for each.
    if (!waker_.Pause(clock_.is_virtual() ? kVirtualPoll : std::min(pause, left))) return;
  }
}

bool Sweeper::SweepAll(const std::vector<int>& shards, absl::Time now) {
  bool clean = true;
  for (int shard : shards) {
    // Counted before the look: a commit during the look shows as a higher count after it.
    const int64_t touches = TouchesOf(shard);
    auto swept = SweepShard(shard, now);
    // A shard whose lock is busy is looked at again soon, without a warning.
    if (!swept.ok() && !postgres::IsLockTimeout(swept.status()))
      spdlog::warn("shard {} not swept: {}", shard, swept.status().ToString());
    if (!swept.ok() || !*swept) {
      clean = false;
      continue;
    }
    absl::MutexLock lock(&mutex_);
    if (touches_[shard] == touches)
      swept_[shard] = now;  // else a commit meanwhile may have brought deadlines that this look has not seen
  }
  return clean;
}

bool Sweeper::LookedLately(size_t sweep, int shard) {
  if (sweeps_[sweep].every == absl::ZeroDuration()) return false;
  absl::Time& looked = looked_.try_emplace({sweep, shard}, absl::InfinitePast()).first->second;
  if (MonotonicNow() < looked + sweeps_[sweep].every) return true;
  // Noted before the sweep is done: housekeeping that fails waits for its next turn.
  looked = MonotonicNow();
  return false;
}

// Sweeps one shard. Gives whether nothing is left that is due at `now`.
absl::StatusOr<bool> Sweeper::SweepShard(int shard, absl::Time now) {
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(absl::Seconds(5)));
  bool more = false;
  for (size_t i = 0; i < sweeps_.size(); ++i) {
    const Sweep& sweep = sweeps_[i];
    if (LookedLately(i, shard)) continue;
    for (;;) {
      // Asked without the shard's lock, which is taken only when something is due; Fire looks again under the
      // lock.
      ASSIGN_OR_RETURN(auto next, connection->Run(sweep.next_sql, postgres::Params().Int(shard).Time(now)));
      if (next.rows() == 0 || next.IsNull(0, 0)) break;
      if (const absl::Time due = next.Time(0, 0); due > now) {
        next_ = std::min(next_, due);
        break;
      }
      // Asked before every batch: a long sweep must end when the lease has gone or the process stops.
      if (waker_.stopped() || !leases_.Holds(shard)) return false;
      auto fired = Fire(*connection, sweep, shard);
      if (!fired.ok()) return fired.status();
      // A sweep whose question and action disagree would loop for ever.
      if (*fired == 0) {
        spdlog::warn("{}: due on shard {}, none fired", sweep.name, shard);
        return false;
      }
      if (sweep.bulk) {
        more = true;
        break;
      }
    }
  }
  return !more;
}

absl::StatusOr<int> Sweeper::Fire(postgres::Connection& connection, const Sweep& sweep, int shard) {
  ASSIGN_OR_RETURN(auto transaction,
                   ShardTransaction::Begin(connection, shard, clock_, Purpose::kBackground));
  ASSIGN_OR_RETURN(auto fired, sweep.fire(transaction, options_.batch));
  // Rows and events of a batch commit together; what is still due is fired by the next batch (I4).
  RETURN_IF_ERROR(transaction.Commit());
  committed_(shard, transaction.TakeRuns());
  fired_ = true;
  return fired;
}

}  // namespace tonghu::journal
