#include "libs/journal/consumer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/journal/pending_call.h"
#include "libs/log/log.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kRetryPause = absl::Milliseconds(100);
constexpr int kTries = 3;  // of a single event that fails for good, before it is set aside
constexpr absl::Duration kLookAround = absl::Milliseconds(100);  // at leases, while nothing comes
constexpr absl::Duration kStoreEvery = absl::Milliseconds(15);   // a cursor that moved in memory alone

// Moves a cursor only from where it is known to be: of two replicas one finds no row (I2).
constexpr char kMove[] =
    "UPDATE journal_cursor SET seq = $4, waiting = $5 WHERE producer = $1 AND shard = $2 AND seq = $3";

using HeadCall = PendingCall<tonghu::journal::v1::GetStatusRequest, tonghu::journal::v1::JournalStatus>;

}  // namespace

// The source of one producer's events for one shard, with the state of their transactions.
struct Consumer::Source : EventSource {
  using EventSource::EventSource;
  // The cursor as it is stored. Events passed over are applied and, for a moment, not stored.
  int64_t stored = 0;
  absl::Time store_time = absl::InfiniteFuture();  // by then it is; on MonotonicNow's scale
  size_t batch = 0;       // events of the next transaction; halved when one fails, doubled when one succeeds
  int64_t failed_at = 0;  // the position of the single event that failed, and
  int failures = 0;       // how often
  int64_t waits_at = 0;   // the position of the single event that fails for a reason unknown, and
  absl::Time waits_since = absl::InfinitePast();  // since when; on MonotonicNow's scale
  bool told = false;                              // the operators, that it waits; kept in journal_cursor
};

// A cursor that moved in memory alone, from `stored` to `applied`.
struct Consumer::MovedCursor {
  std::string producer;
  int shard = 0;
  int64_t stored = 0, applied = 0;
};

// The feed of one leased shard: its sources.
struct Consumer::Feed {
  int shard;
  std::vector<std::unique_ptr<Source>> sources{};  // in the order of the producers
  absl::Time retry_time = absl::InfinitePast();    // after a passing failure
  bool failing = false;
  bool held = false;  // by another: the shard's lock was not had in this step
};

// A worker: one thread and its feeds.
struct Consumer::Worker {
  int index;
  clock::Waker waker{};  // before those who wake it
  std::map<int, Feed> feeds{};
  std::vector<std::unique_ptr<HeadCall>> heads{};  // in the order of the producers
  bool to_store = false;                           // some cursor
  absl::Time ask_time = absl::InfinitePast();      // on MonotonicNow's scale
  std::thread thread{};
};

Consumer::Consumer(Options options, Parts parts, EventHandler handler, Committed committed)
    : options_(std::move(options)),
      parts_(parts),
      handler_(std::move(handler)),
      committed_(std::move(committed)),
      applied_(parts.metrics.Counter("tonghu_events_applied_total", "Events of other services applied")),
      backfilled_(parts.metrics.Counter("tonghu_events_backfilled_total",
                                        "Events read from a producer's journal instead of the bus")),
      set_aside_(parts.metrics.Counter("tonghu_events_quarantined_total", "Events put in quarantine")) {
  if (options_.producers.empty()) return;
  for (int i = 0; i < options_.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(i));
    Worker& worker = *workers_.back();
    for (size_t n = 0; n < options_.producers.size(); ++n)
      worker.heads.push_back(std::make_unique<HeadCall>([&worker] { worker.waker.Wake(); }));
    worker.thread = std::thread([this, &worker] { Work(worker); });
  }
}

Consumer::~Consumer() { Stop(); }

void Consumer::Stop() {
  for (auto& worker : workers_) worker->waker.Stop();
  for (auto& worker : workers_) worker->thread.join();
  workers_.clear();
}

void Consumer::Work(Worker& worker) {
  do {
    Step(worker);
  } while (worker.waker.Wait(!parts_.bus.connected() ? options_.poll_without_bus
                             : worker.to_store       ? kStoreEvery
                                                     : kLookAround));
  // Here, as the callbacks of feeds and calls use this worker's waker.
  worker.feeds.clear();
  worker.heads.clear();
}

void Consumer::Step(Worker& worker) {
  OpenAndClose(worker);
  TakeHeads(worker);
  bool more = true;
  // Bounded rounds, so that leases and heads are looked at again soon.
  for (int round = 0; more && round < 16; ++round) {
    more = false;
    for (auto& [shard, feed] : worker.feeds) more |= StepFeed(worker, feed);
  }
  StoreCursors(worker);
  if (more) worker.waker.Wake();
  LookAround(worker);
}

void Consumer::OpenAndClose(Worker& worker) {
  std::vector<int> mine;
  for (int shard : parts_.leases.Held()) {
    // A shard always belongs to the same thread, so a feed needs no lock.
    if (shard % options_.threads == worker.index) mine.push_back(shard);
  }
  for (auto it = worker.feeds.begin(); it != worker.feeds.end();) {
    it =
        std::find(mine.begin(), mine.end(), it->first) == mine.end() ? worker.feeds.erase(it) : std::next(it);
  }
  for (int shard : mine) {
    if (worker.feeds.contains(shard)) continue;
    Feed feed{.shard = shard};
    if (absl::Status opened = Open(worker, feed); opened.ok()) {
      worker.feeds.emplace(shard, std::move(feed));
      // A new feed may be far behind: the producers' heads are asked for at once.
      worker.ask_time = absl::InfinitePast();
    } else {
      spdlog::warn("shard {} not opened: {}", shard, opened.ToString());
    }
  }
}

absl::Status Consumer::Open(Worker& worker, Feed& feed) {
  const EventSource::Options options{options_.service, feed.shard, options_.ask_timeout};
  for (const Producer& producer : options_.producers) {
    feed.sources.push_back(std::make_unique<Source>(
        producer, options, EventSource::Parts{parts_.bus, backfilled_, [&worker] { worker.waker.Wake(); }}));
    feed.sources.back()->batch = options_.batch;
  }
  RETURN_IF_ERROR(LoadCursors(feed));
  // After the cursors are known: events already applied are dropped as they come.
  for (auto& source : feed.sources) source->Subscribe();
  return absl::OkStatus();
}

absl::Status Consumer::LoadCursors(Feed& feed) {
  ASSIGN_OR_RETURN(auto connection, parts_.pool.Acquire(absl::Seconds(2)));
  ASSIGN_OR_RETURN(auto rows, (connection)
                                  ->Run("SELECT producer, seq, waiting FROM journal_cursor WHERE shard = $1",
                                        postgres::Params().Int(feed.shard)));
  for (int i = 0; i < rows.rows(); ++i) {
    for (auto& source : feed.sources) {
      if (source->producer().name != rows.Text(i, 0)) continue;
      source->stored = rows.Int(i, 1);
      source->store_time = absl::InfiniteFuture();
      source->sequencer().Reset(source->stored);
      source->told = rows.Bool(i, 2);
    }
  }
  return absl::OkStatus();
}

bool Consumer::StepFeed(Worker& worker, Feed& feed) {
  if (MonotonicNow() < feed.retry_time) return false;
  bool progressed = false;
  feed.held = false;
  for (auto& source : feed.sources) {
    if (feed.held) break;  // one wait a step, so that the thread's other shards go on
    if (source->Take()) worker.ask_time = absl::InfinitePast();
    if (source->sequencer().gap()) source->Read();
    progressed |= ApplyReady(feed, *source);
    source->AcknowledgeThrough(source->stored);
  }
  return progressed;
}

// Moves the cursor, in memory, past events that are not wanted. Gives the events from the first wanted one
// on.
std::vector<const Event*> Consumer::PassOver(Source& source) {
  std::vector<const Event*> ready = source.sequencer().Ready(source.batch);
  const auto wanted = std::find_if(ready.begin(), ready.end(),
                                   [&](const Event* event) { return options_.wants(event->type); });
  const auto passed = static_cast<size_t>(wanted - ready.begin());
  if (passed == 0) return ready;
  ready.erase(ready.begin(), wanted);
  source.sequencer().Advance(passed);
  source.store_time = std::min(source.store_time, MonotonicNow() + kStoreEvery);
  applied_.Increment(static_cast<double>(passed));
  return ready;
}

// Stores all cursors that moved in memory in one statement, once one of them is due. Takes no shard's lock:
// only the cursor moves, and only from the position where it is known to be.
void Consumer::StoreCursors(Worker& worker) {
  std::vector<std::pair<Feed*, Source*>> behind;
  std::vector<MovedCursor> moved;
  absl::Time due = absl::InfiniteFuture();
  for (auto& [shard, feed] : worker.feeds) {
    for (auto& source : feed.sources) {
      if (source->store_time == absl::InfiniteFuture()) continue;
      due = std::min(due, source->store_time);
      behind.emplace_back(&feed, source.get());
      moved.push_back({source->producer().name, shard, source->stored, source->sequencer().applied()});
    }
  }
  worker.to_store = !moved.empty();
  if (MonotonicNow() < due) return;
  const std::vector<bool> stored = Store(moved);
  for (size_t i = 0; i < moved.size(); ++i) {
    auto& [feed, source] = behind[i];
    source->store_time = stored.empty() ? MonotonicNow() + kRetryPause : absl::InfiniteFuture();
    if (stored.empty()) continue;
    if (!stored[i]) {  // another replica was here
      // Should the read fail, CheckCursors finds the difference later.
      LoadCursors(*feed).IgnoreError();
      continue;
    }
    source->stored = moved[i].applied;
    source->AcknowledgeThrough(source->stored);
    committed_(feed->shard, {});
  }
}

// Gives which of the cursors moved; an empty list when that is not known.
std::vector<bool> Consumer::Store(const std::vector<MovedCursor>& moved) {
  using postgres::Field;
  constexpr postgres::Columns kMoved{
      Field<&MovedCursor::producer>("producer"), Field<&MovedCursor::shard>("shard"),
      Field<&MovedCursor::stored>("stored"), Field<&MovedCursor::applied>("applied")};
  static const std::string sql =
      absl::StrCat("UPDATE journal_cursor c SET seq = m.applied FROM ", kMoved.UnnestNumbered("m"),
                   " WHERE c.producer = m.producer AND c.shard = m.shard AND c.seq = m.stored RETURNING m.n");
  auto connection = parts_.pool.Acquire(absl::Seconds(5));
  if (!connection.ok()) return {};
  auto transaction = postgres::Transaction::Begin(**connection);
  // A crash may take the move back: then the events are passed over again, which does no harm.
  if (!transaction.ok() || !(*connection)->Defer("SET LOCAL synchronous_commit = off").ok()) return {};
  auto rows = (*connection)->Run(sql, kMoved.Arrays(moved));
  if (!rows.ok() || !transaction->Commit().ok()) return {};
  std::vector<bool> which(moved.size());
  for (int i = 0; i < rows->rows(); ++i) which[rows->Int(i, 0) - 1] = true;
  return which;
}

bool Consumer::ApplyReady(Feed& feed, Source& source) {
  const int64_t before = source.sequencer().applied();
  const std::vector<const Event*> ready = PassOver(source);
  if (ready.empty()) return source.sequencer().applied() > before;
  absl::Status applied = Apply(feed, source, ready);
  // Only an event that failed alone is certain to be at fault; a batch is halved first.
  if (ready.size() == 1 && IsEventsFault(applied)) {
    const int64_t seq = ready[0]->seq;
    source.failures = source.failed_at == seq ? source.failures + 1 : 1;
    source.failed_at = seq;
    if (source.failures >= kTries) applied = SetAside(feed, source, *ready[0], applied);
  }
  if (!applied.ok()) return Failed(feed, source, ready, applied);
  source.batch = std::min(source.batch * 2, options_.batch);
  if (feed.failing) spdlog::info("shard {} goes on", feed.shard);
  feed.failing = false;
  return true;
}

// Deals with events that were not applied. Half as many are tried next time: an event that can't be applied
// gets to stand alone, and a transaction that takes too long gets shorter. Gives whether to try again at
// once.
bool Consumer::Failed(Feed& feed, Source& source, absl::Span<const Event* const> events,
                      const absl::Status& why) {
  // A lock that was not had says nothing about the events, and the shard's holder goes on: as many events are
  // tried again a little later.
  feed.held = postgres::IsLockTimeout(why);
  if (feed.held) {
    feed.retry_time = MonotonicNow() + kRetryPause;
    return false;
  }
  source.batch = std::max<size_t>(1, events.size() / 2);
  if (events.size() == 1 && !IsEventsFault(why) && !postgres::IsTransient(why))
    TellThatItWaits(feed, source, *events[0]);
  // Another replica may have been here, or it is unknown what became of the commit: the stored cursor tells.
  LoadCursors(feed).IgnoreError();
  if (IsEventsFault(why)) return true;
  if (!feed.failing) spdlog::warn("shard {} waits: {}", feed.shard, why.ToString());
  feed.failing = true;
  feed.retry_time = MonotonicNow() + kRetryPause;
  return false;
}

absl::Status Consumer::Apply(Feed& feed, Source& source, absl::Span<const Event* const> events) {
  return Transact(feed, source, events, [&](ShardTransaction& transaction) {
    // Events behind a quarantined one of the same key wait with it, so that a key's events stay in order.
    ASSIGN_OR_RETURN(auto free, parts_.quarantine.HoldBack(transaction, events, transaction.also(1)));
    return free.empty() ? absl::OkStatus() : handler_(transaction, free);
  });
}

absl::Status Consumer::SetAside(Feed& feed, Source& source, const Event& event, const absl::Status& why) {
  const std::string what =
      absl::StrCat(event.producer, ".", event.shard, ".", event.seq, " (", event.type, ")");
  const Event* const one = &event;
  RETURN_IF_ERROR(Transact(feed, source, {&one, 1}, [&](ShardTransaction& transaction) {
    return parts_.quarantine.SetAside(transaction, event, std::string(why.message()));
  }));
  spdlog::error("event {} put in quarantine: {}", what, why.ToString());
  set_aside_.Increment();
  return absl::OkStatus();
}

// Tells the operators of an event that fails for a reason unknown. The event stays where it is and is tried
// again, and a person has to look.
void Consumer::TellThatItWaits(Feed& feed, Source& source, const Event& event) {
  const absl::Time now = MonotonicNow();
  if (source.waits_at != event.seq) source.waits_since = now;
  source.waits_at = event.seq;
  if (source.told || now < source.waits_since + options_.tell_after) return;
  const absl::Status told = Transact(feed, source, {}, [&](ShardTransaction& transaction) {
    return parts_.quarantine.TellThatItWaits(transaction, event, /*over=*/false);
  });
  source.told = told.ok();
  if (told.ok())
    spdlog::error("event {}.{}.{} waits; the operators were told", event.producer, event.shard, event.seq);
}

// Runs one transaction of the next events: moves the cursor and stores the effects. Without events it stores
// what is to be published about the one that waits. The sequencer changes only after the commit.
absl::Status Consumer::Transact(Feed& feed, Source& source, absl::Span<const Event* const> events,
                                const Effects& effects) {
  ASSIGN_OR_RETURN(auto connection, parts_.pool.Acquire(absl::Seconds(5)));
  const int64_t applied = source.sequencer().applied() + static_cast<int64_t>(events.size());
  // Without events the transaction is a notice that the next event waits, which the cursor's row notes.
  const postgres::Connection::Statement also[] = {{kMove, postgres::Params()
                                                              .Text(source.producer().name)
                                                              .Int(feed.shard)
                                                              .Int(source.stored)
                                                              .Int(applied)
                                                              .Bool(events.empty())},
                                                  parts_.quarantine.Waiting(feed.shard)};
  auto transaction =
      ShardTransaction::Begin(*connection, {feed.shard, parts_.clock, Purpose::kBackground, also});
  if (!transaction.ok()) return transaction.status();
  // The cursor was not where it was known to be, so the events' effects are there already.
  if (transaction->also(0).affected() != 1) return absl::AbortedError("another replica applied these events");
  absl::Status done = effects(*transaction);
  if (done.ok() && source.told && !events.empty())
    done = parts_.quarantine.TellThatItWaits(*transaction, *events[0], /*over=*/true);
  if (!done.ok()) return done;
  // A transaction without events of its own may be lost in a crash, effects and cursor together, and is then
  // done again.
  RETURN_IF_ERROR(transaction->Commit(Durability::kSoon));
  committed_(feed.shard, transaction->TakeRuns());
  source.stored = applied;
  source.store_time = absl::InfiniteFuture();
  if (events.empty()) return absl::OkStatus();
  source.told = false;
  source.sequencer().Advance(events.size());
  applied_.Increment(static_cast<double>(events.size()));
  return absl::OkStatus();
}

// Once in a while, as what came by itself may not be all: compares the cursors, subscribes again where the
// bus has ended a subscription, and asks the producers how far they are.
void Consumer::LookAround(Worker& worker) {
  const absl::Time now = MonotonicNow();
  if (now < worker.ask_time || worker.feeds.empty()) return;
  const bool bus = parts_.bus.connected();
  worker.ask_time = now + (bus ? options_.poll : options_.poll_without_bus);
  CheckCursors(worker);
  if (bus) SubscribeAgain(worker);
  AskHeads(worker);
}

void Consumer::SubscribeAgain(Worker& worker) {
  for (auto& [shard, feed] : worker.feeds) {
    for (auto& source : feed.sources) {
      if (source->unsubscribed()) source->Subscribe();
    }
  }
}

// Asks every producer for its heads, unless a call to it is under way.
void Consumer::AskHeads(Worker& worker) {
  for (size_t i = 0; i < options_.producers.size(); ++i) {
    if (!worker.heads[i]->idle()) continue;
    worker.heads[i]->Start(
        {}, options_.ask_timeout,
        [journal = options_.producers[i].journal](auto* context, auto* asked, auto* response, auto done) {
          journal->async()->GetStatus(context, asked, response, std::move(done));
        });
  }
}

// Compares the stored cursors with those in memory. A crash of PostgreSQL may have taken back what was
// committed last: then it is applied again.
void Consumer::CheckCursors(Worker& worker) {
  auto connection = parts_.pool.Acquire(absl::Seconds(2));
  if (!connection.ok()) return;
  auto rows = (*connection)->Run("SELECT shard, producer, seq FROM journal_cursor");
  if (!rows.ok()) return;
  for (int i = 0; i < rows->rows(); ++i) {
    const auto feed = worker.feeds.find(static_cast<int>(rows->Int(i, 0)));
    if (feed == worker.feeds.end()) continue;
    for (auto& source : feed->second.sources) {
      if (source->producer().name != rows->Text(i, 1) || source->stored == rows->Int(i, 2)) continue;
      spdlog::info("shard {} of {}: the cursor is at {}, not {}", feed->first, source->producer().name,
                   rows->Int(i, 2), source->stored);
      LoadCursors(feed->second).IgnoreError();
      break;
    }
  }
}

void Consumer::TakeHeads(Worker& worker) {
  for (size_t i = 0; i < worker.heads.size(); ++i) {
    const auto status = worker.heads[i]->Take();
    if (!status.has_value() || !status->ok()) continue;
    for (const auto& head : (*status)->shards()) {
      const auto found = worker.feeds.find(head.shard());
      if (found != worker.feeds.end()) found->second.sources[i]->LookAtHead(head.head_seq());
    }
  }
}

}  // namespace tonghu::journal
