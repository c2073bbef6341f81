#include "libs/journal/consistency_gate.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "absl/time/clock.h"
#include "libs/ids/shard.h"
#include "libs/journal/event_run.h"
#include "libs/journal/lease.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(10);  // how soon commits of other replicas are seen
constexpr absl::Duration kPace = absl::Milliseconds(2);   // between looks, however many commits there are
constexpr absl::Duration kAcquire = absl::Seconds(1);

// The refusal of a wait in vain. UNAVAILABLE, since nothing was decided and the same call may succeed a
// moment later.
absl::Status Behind(std::string_view message, std::string_view message_zh) {
  return refusal::Make(
      {absl::StatusCode::kUnavailable, "FACTS_BEHIND", "", std::string(message), std::string(message_zh)});
}

absl::Status NotReached() {
  return Behind("what you have seen has not come here yet; try again with the same request_id",
                "您刚才看到的信息正在同步到本服务，请稍后使用相同的请求编号重试");
}

absl::Status NotKnown() {
  return Behind(
      "unknown here, and it can't be told now whether its owner has it; try again with the same request_id",
      "本服务尚未收到该信息，暂时无法确认是否已登记，请稍后使用相同的请求编号重试");
}

// How long the caller still waits for the answer. gRPC has made the caller's time-out a deadline of the
// system clock; a call without one has a deadline that is centuries away.
absl::Duration Left(const grpc::CallbackServerContext& context) {
  return absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
}

}  // namespace

ConsistencyGate::ConsistencyGate(Options options, postgres::Pool& questions, postgres::Pool& own)
    : options_(std::move(options)), questions_(questions), own_(own) {
  thread_ = std::thread([this] { Work(); });
}

void ConsistencyGate::Wake() {
  // The gate's thread looks at `woken_` every kPace, so a thread that commits pays for no signal.
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void ConsistencyGate::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  // The callbacks of calls to producers hold `this`, so the gate outlives these calls.
  const auto answered = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return asking_ == 0; };
  mutex_.Await(absl::Condition(&answered));  // each has a time-out
}

void ConsistencyGate::Enter(grpc::CallbackServerContext& context, Entry entry, Go go) {
  auto after = rpc::ReadAfter(context);
  // An urgent call waits a moment and then goes on, whatever it has seen: its status in vain is OK.
  const bool urgent = entry.urgency == rpc::Urgency::kUrgent;
  // An emergency is never refused because of positions.
  if (!after.ok()) return go(urgent ? absl::OkStatus() : after.status());
  // A position of this service's own journal is reached by the shard's lock, and a position of a journal that
  // nobody here consumes can't change an answer.
  std::erase_if(*after, [this](const rpc::Position& position) {
    return position.shard >= options_.shards || !producers_.contains(position.producer);
  });
  if (after->empty()) return go(absl::OkStatus());
  const absl::Duration patience =
      urgent ? options_.urgent_patience : std::min(options_.patience, Left(context));
  Await({*std::move(after), entry.bytes, MonotonicNow() + patience, urgent ? absl::OkStatus() : NotReached(),
         std::move(go)});
}

void ConsistencyGate::Ask(const absl::Status& refused, Question question, Go go) {
  const std::string owner = refusal::OwnerOf(refused);
  const auto producer = producers_.find(owner);
  // A refusal is final when no journal that is followed here can cure it, and when it names no county, and so
  // no shard.
  if (producer == producers_.end() || question.county.empty()) return go(refused);
  const size_t bytes = question.bytes;
  bool busy = false;
  // Calls that ask are bounded in number and bytes as are calls that wait.
  {
    absl::MutexLock lock(&mutex_);
    busy = asking_ >= options_.most || bytes_ + bytes > options_.most_bytes;
    if (!busy) {
      ++asking_;
      bytes_ += bytes;
    }
  }
  // Outside the lock, as `go` may come back to the gate.
  if (busy) return go(refusal::ServerBusy());
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    v1::ReadEventsRequest request;
    v1::ReadEventsResponse response;
  };
  auto call = std::make_shared<Call>();
  call->context = rpc::WithDeadline(options_.ask_timeout);
  call->context->set_wait_for_ready(true);  // a producer that has just come back answers within a second
  const int shard = ids::ShardOf(question.county, options_.shards);
  call->request.set_shard(shard);
  call->request.set_from_seq(
      std::numeric_limits<int64_t>::max());  // past every event: only the head is wanted
  call->request.set_page_size(1);
  // The patience counts from here: asking is part of the wait.
  const absl::Time end = MonotonicNow() + options_.patience;
  producer->second->async()->ReadEvents(
      call->context.get(), &call->request, &call->response,
      [this, call, owner, shard, bytes, end, go = std::move(go)](const grpc::Status& asked) {
        {
          // A call that goes on to wait is counted anew.
          absl::MutexLock lock(&mutex_);
          bytes_ -= bytes;
        }
        if (asked.ok()) {
          // The owner's head at the time of asking: what the owner publishes later can't have been meant by
          // the caller.
          Await({{{owner, shard, call->response.head_seq()}}, bytes, end, NotKnown(), go});
        } else {
          go(NotKnown());
        }
        // Only now, as Stop waits for this, and what is above still uses the gate.
        absl::MutexLock lock(&mutex_);
        --asking_;
      });
}

void ConsistencyGate::Leave(grpc::CallbackServerContext& context, const std::string& county) {
  const int shard = ids::ShardOf(county, options_.shards);
  // Without a connection the answer carries no position: a later call then waits for nothing, which is no
  // fault of this one.
  auto connection = questions_.Acquire(kAcquire);
  if (!connection.ok()) return;
  const absl::StatusOr<Head> head = ReadHead(**connection, shard);
  // Readings of files change no answer: nobody need wait for them.
  if (head.ok()) rpc::AddPosition(context, {options_.service, shard, head->fact_seq});
}

void ConsistencyGate::TakeReached(std::vector<rpc::Position>& positions) const {
  std::erase_if(positions, [this](const rpc::Position& position) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto reached = reached_.find({position.producer, position.shard});
    return reached != reached_.end() && reached->second >= position.seq;
  });
}

void ConsistencyGate::Await(Waiter waiter) {
  // What the call goes on with at once; of no use when the call waits.
  absl::Status now;
  {
    absl::MutexLock lock(&mutex_);
    // The cursors of the last look may be far enough already: most calls then do not wait at all.
    TakeReached(waiter.left);
    if (stopping_) {
      now = refusal::ServerStopping();
    } else if (!waiter.left.empty() &&
               (waiters_.size() >= options_.most || bytes_ + waiter.bytes > options_.most_bytes)) {
      now = refusal::ServerBusy();
    } else if (!waiter.left.empty()) {
      bytes_ += waiter.bytes;
      waiters_.push_back(std::move(waiter));
      return;
    }
  }
  waiter.go(now);
}

void ConsistencyGate::Work() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopping_ || !waiters_.empty();
      };
      // Without waiting calls this thread sleeps, and the database is not asked.
      mutex_.Await(absl::Condition(&wanted));
      // Reset before the look, so that a commit during the look leads to another one.
      woken_ = false;
    }
    Look();
    // absl's timed waits go by the wall clock, its sleeps do not: a clock set back must not hold up waiting
    // calls.
    for (const absl::Time end = MonotonicNow() + kPoll; MonotonicNow() < end;) {
      absl::SleepFor(kPace);
      absl::MutexLock lock(&mutex_);
      if (stopping_ && waiters_.empty()) return;
      if (stopping_ || woken_) break;
    }
  }
}

void ConsistencyGate::Look() {
  auto cursors = ReadCursors();  // in an outage nothing is reached, and waits end in vain
  std::vector<std::pair<Go, absl::Status>> over;
  {
    absl::MutexLock lock(&mutex_);
    // Taken as read: a crash of PostgreSQL may have taken cursors back.
    if (cursors.ok()) reached_ = *std::move(cursors);
    const absl::Time now = MonotonicNow();
    std::erase_if(waiters_, [&](Waiter& waiter) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      TakeReached(waiter.left);
      if (!waiter.left.empty() && now < waiter.end && !stopping_) return false;
      bytes_ -= waiter.bytes;
      over.emplace_back(std::move(waiter.go), waiter.left.empty() ? absl::OkStatus()
                                              : stopping_         ? refusal::ServerStopping()
                                                                  : waiter.in_vain);
      return true;
    });
  }
  // Without the lock: `go` may come back to the gate.
  for (auto& [go, status] : over) go(status);
}

absl::StatusOr<std::map<ConsistencyGate::Journal, int64_t>> ConsistencyGate::ReadCursors() {
  // One read serves all waiting calls, however many: the table has a row for each producer and shard.
  ASSIGN_OR_RETURN(auto connection, own_.Acquire(kAcquire));
  ASSIGN_OR_RETURN(auto rows, connection->Run("SELECT producer, shard, seq FROM journal_cursor"));
  std::map<Journal, int64_t> cursors;
  for (int i = 0; i < rows.rows(); ++i)
    cursors[{rows.String(i, 0), static_cast<int>(rows.Int(i, 1))}] = rows.Int(i, 2);
  return cursors;
}

}  // namespace tonghu::journal
