#include "libs/journal/consumer.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/journal/quarantine.h"
#include "libs/journal/relay.h"
#include "libs/log/log.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kAskTimeout = absl::Seconds(2);
constexpr absl::Duration kRetryPause = absl::Milliseconds(100);
constexpr int kTries = 3;     // of a single event that fails for good, before it is set aside
constexpr int kPull = 50;     // messages asked of the bus at a time; each holds up to 256 events
constexpr size_t kTake = 16;  // messages looked at before what they brought is applied

}  // namespace

// One producer's journal of one shard.
struct Consumer::Source {
  const Producer* producer;
  Sequencer sequencer{};
  int64_t applied_when_asked = -1;  // at the last look at the producer's head
  std::unique_ptr<jetstream::Puller> puller;
  std::optional<jetstream::Incoming> unacknowledged;  // the newest message taken

  // What has arrived goes to the sequencer.
  void Take(int shard);
  // The bus may forget what is applied. While something still waits nothing is acknowledged: after a crash it
  // comes again.
  void AcknowledgeApplied();
};

// One leased shard.
struct Consumer::Feed {
  int shard;
  std::vector<Source> sources;                   // in the order of the producers
  absl::Time retry_time = absl::InfinitePast();  // after a passing failure
  bool failing = false;
};

// One thread and its feeds.
struct Consumer::Worker {
  int index;
  std::map<int, Feed> feeds;
  absl::Time ask_time = absl::InfinitePast();  // on MonotonicNow's scale
  absl::Mutex mutex;
  bool notified ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::thread thread;
};

Consumer::Consumer(Options options, postgres::Pool& pool, jetstream::Connection& bus, const Leases& leases,
                   const clock::Clock& clock, Handler handler, std::function<void(int shard)> committed,
                   metrics::Metrics& metrics)
    : options_(std::move(options)),
      pool_(pool),
      bus_(bus),
      leases_(leases),
      clock_(clock),
      handler_(std::move(handler)),
      committed_(std::move(committed)),
      applied_(metrics.Counter("tonghu_events_applied_total", "Events of other services applied")),
      healed_(metrics.Counter("tonghu_events_healed_total",
                              "Events read from a producer's journal instead of the bus")),
      set_aside_(metrics.Counter("tonghu_events_quarantined_total", "Events put in quarantine")) {
  if (options_.producers.empty()) return;
  for (int i = 0; i < options_.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->index = i;
    workers_.back()->thread = std::thread([this, worker = workers_.back().get()] { Work(*worker); });
  }
}

Consumer::~Consumer() { Stop(); }

void Consumer::Stop() {
  for (auto& worker : workers_) {
    absl::MutexLock lock(&worker->mutex);
    worker->stopping = true;
  }
  for (auto& worker : workers_) worker->thread.join();
  workers_.clear();
}

void Consumer::Work(Worker& worker) {
  for (;;) {
    Step(worker);
    absl::MutexLock lock(&worker.mutex);
    const auto due = [&worker]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(worker.mutex) {
      return worker.notified || worker.stopping;
    };
    worker.mutex.AwaitWithTimeout(absl::Condition(&due),
                                  bus_.connected() ? absl::Milliseconds(100) : options_.poll_without_bus);
    if (worker.stopping) break;
    worker.notified = false;
  }
  worker.feeds.clear();
}

void Consumer::Step(Worker& worker) {
  OpenAndClose(worker);
  bool more = true;
  // Bounded rounds, so that leases and heads are looked at again soon.
  for (int round = 0; more && round < 16; ++round) {
    more = false;
    for (auto& [shard, feed] : worker.feeds) more |= StepFeed(worker, feed);
  }
  if (more) {
    absl::MutexLock lock(&worker.mutex);
    worker.notified = true;
  }
  AskHeads(worker);
}

void Consumer::OpenAndClose(Worker& worker) {
  std::vector<int> mine;
  for (int shard : leases_.Held()) {
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
      worker.ask_time = absl::InfinitePast();
    } else {
      spdlog::warn("shard {} not opened: {}", shard, opened.ToString());
    }
  }
}

absl::Status Consumer::Open(Worker& worker, Feed& feed) {
  for (const Producer& producer : options_.producers) feed.sources.push_back(Source{.producer = &producer});
  if (absl::Status loaded = LoadCursors(feed); !loaded.ok()) return loaded;
  for (Source& source : feed.sources) Subscribe(worker, feed, source);
  return absl::OkStatus();
}

absl::Status Consumer::LoadCursors(Feed& feed) {
  auto connection = pool_.Acquire(absl::Seconds(2));
  if (!connection.ok()) return connection.status();
  auto rows = (*connection)
                  ->Run("SELECT producer, seq FROM journal_cursor WHERE shard = $1",
                        postgres::Params().Int(feed.shard));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    for (Source& source : feed.sources) {
      if (source.producer->name == rows->Text(i, 0)) source.sequencer.Reset(rows->Int(i, 1));
    }
  }
  return absl::OkStatus();
}

// Without the bus the feed lives from the producers' journals until the next look.
void Consumer::Subscribe(Worker& worker, const Feed& feed, Source& source) {
  source.puller = nullptr;
  source.unacknowledged.reset();
  if (!bus_.connected()) return;
  const jetstream::ConsumerSettings settings{
      .stream = EventStream().name,
      .durable = absl::StrCat(options_.service, "-", source.producer->name, "-", feed.shard),
      .filter_subjects = {absl::StrCat("tonghu.v1.", source.producer->name, ".", feed.shard, ".>")}};
  absl::Status ensured = jetstream::EnsureStream(bus_, EventStream());
  if (ensured.ok()) ensured = jetstream::EnsureConsumer(bus_, settings);
  if (!ensured.ok()) return spdlog::warn("{} not subscribed: {}", settings.durable, ensured.ToString());
  auto made = jetstream::Puller::Make(
      bus_, {.stream = settings.stream, .durable = settings.durable, .batch = kPull, .notify = [&worker] {
               absl::MutexLock lock(&worker.mutex);
               worker.notified = true;
             }});
  if (!made.ok()) return spdlog::warn("{} not pulled: {}", settings.durable, made.status().ToString());
  source.puller = std::move(*made);
}

bool Consumer::StepFeed(Worker& worker, Feed& feed) {
  if (MonotonicNow() < feed.retry_time) return false;
  bool progressed = false;
  for (Source& source : feed.sources) {
    source.Take(feed.shard);
    if (source.sequencer.gap()) progressed |= Heal(feed, source);
    progressed |= ApplyReady(feed, source);
    source.AcknowledgeApplied();
  }
  return progressed;
}

void Consumer::Source::Take(int shard) {
  if (puller == nullptr) return;
  tonghu::journal::v1::EventRun run;
  for (jetstream::Incoming& message : puller->Take(kTake)) {
    if (!run.ParseFromString(message.data)) run.Clear();
    for (Event& event : *run.mutable_events()) {
      if (event.shard() == shard && event.producer() == producer->name) sequencer.Offer(std::move(event));
    }
    unacknowledged = std::move(message);
  }
}

void Consumer::Source::AcknowledgeApplied() {
  if (!unacknowledged.has_value() || !sequencer.empty()) return;
  puller->AckThrough(*unacknowledged)
      .IgnoreError();  // unacknowledged messages come again and are dropped by position
  unacknowledged.reset();
}

bool Consumer::ApplyReady(Feed& feed, Source& source) {
  const std::vector<const Event*> ready = source.sequencer.Ready(options_.batch);
  if (ready.empty()) return false;
  const absl::Status applied = ApplyRange(feed, source, ready);
  if (applied.ok() == feed.failing) {
    feed.failing = !applied.ok();
    if (feed.failing) spdlog::warn("shard {} waits: {}", feed.shard, applied.ToString());
    if (!feed.failing) spdlog::info("shard {} goes on", feed.shard);
  }
  if (applied.ok()) return true;
  feed.retry_time = MonotonicNow() + kRetryPause;
  return false;
}

absl::Status Consumer::ApplyRange(Feed& feed, Source& source, absl::Span<const Event* const> events) {
  absl::Status status;
  for (int attempt = 0; attempt < (events.size() == 1 ? kTries : 1); ++attempt) {
    status = TryApply(feed, source, events, nullptr);
    if (status.ok() || postgres::IsTransient(status)) return status;
  }
  if (events.size() == 1) {
    spdlog::error("event {}.{}.{} ({}) put in quarantine: {}", events[0]->producer(), events[0]->shard(),
                  events[0]->seq(), events[0]->type(), status.ToString());
    const std::string error(status.message());
    set_aside_.Increment();
    return TryApply(feed, source, events, &error);
  }
  // Halving: all but the one that fails go on. Positions, since applying a half moves the sequencer and frees
  // its events.
  const size_t half = events.size() / 2;
  if (absl::Status first = ApplyRange(feed, source, events.first(half)); !first.ok()) return first;
  const std::vector<const Event*> rest = source.sequencer.Ready(events.size() - half);
  return rest.empty() ? absl::OkStatus() : ApplyRange(feed, source, rest);
}

absl::Status Consumer::TryApply(Feed& feed, Source& source, absl::Span<const Event* const> events,
                                const std::string* set_aside_error) {
  const std::string& producer = source.producer->name;
  auto connection = pool_.Acquire(absl::Seconds(5));
  if (!connection.ok()) return connection.status();
  auto transaction = ShardTransaction::Begin(**connection, feed.shard, clock_, Purpose::kBackground);
  if (!transaction.ok()) return transaction.status();
  const auto count = static_cast<int64_t>(events.size());
  auto moved = transaction->db().Run(
      "UPDATE journal_cursor SET seq = $3 + $4 WHERE producer = $1 AND shard = $2 AND seq = $3",
      postgres::Params().Text(producer).Int(feed.shard).Int(source.sequencer.applied()).Int(count));
  if (!moved.ok()) return moved.status();
  if (moved->affected() != 1) {
    // Another replica was here. Begin again from where it got to.
    if (absl::Status loaded = LoadCursors(feed); !loaded.ok()) return loaded;
    return absl::AbortedError("another replica applied these events");
  }
  if (set_aside_error != nullptr) {
    if (absl::Status aside = SetAside(*transaction, *events[0], *set_aside_error); !aside.ok()) return aside;
  } else {
    auto free = HoldBack(*transaction, events);
    if (!free.ok()) return free.status();
    if (absl::Status handled = free->empty() ? absl::OkStatus() : handler_(*transaction, *free);
        !handled.ok())
      return handled;
  }
  if (absl::Status committed = transaction->Commit(); !committed.ok()) {
    LoadCursors(feed).IgnoreError();  // the outcome is unknown: the cursor says
    return committed;
  }
  source.sequencer.Advance(events.size());
  applied_.Increment(static_cast<double>(count));
  committed_(feed.shard);
  return absl::OkStatus();
}

void Consumer::AskHeads(Worker& worker) {
  const absl::Time now = MonotonicNow();
  if (now < worker.ask_time || worker.feeds.empty()) return;
  const bool bus = bus_.connected();
  worker.ask_time = now + (bus ? options_.poll : options_.poll_without_bus);
  for (auto& [shard, feed] : worker.feeds) {
    for (Source& source : feed.sources) {
      if (bus && (source.puller == nullptr || source.puller->consumer_missing()))
        Subscribe(worker, feed, source);
    }
  }
  for (size_t i = 0; i < options_.producers.size(); ++i) {
    auto context = rpc::WithDeadline(kAskTimeout);
    tonghu::journal::v1::JournalStatus status;
    if (!options_.producers[i].journal->GetStatus(context.get(), {}, &status).ok()) continue;
    for (const auto& head : status.shards()) {
      const auto found = worker.feeds.find(head.shard());
      if (found != worker.feeds.end())
        LookAtHead(worker, found->second, found->second.sources[i], head.head_seq());
    }
  }
}

void Consumer::LookAtHead(Worker& worker, Feed& feed, Source& source, int64_t head) {
  const bool bus = bus_.connected();
  const int64_t applied = source.sequencer.applied();
  // Behind, and the bus brought nothing since the last look.
  const bool silent = !bus || source.applied_when_asked == applied;
  source.applied_when_asked = bus ? applied : -1;
  if (head <= applied || !silent || !Heal(feed, source)) return;
  ApplyReady(feed, source);
  worker.ask_time = absl::InfinitePast();
  absl::MutexLock lock(&worker.mutex);
  worker.notified = true;
}

bool Consumer::Heal(Feed& feed, Source& source) {
  Sequencer& sequencer = source.sequencer;
  auto context = rpc::WithDeadline(kAskTimeout);
  tonghu::journal::v1::ReadEventsRequest request;
  request.set_shard(feed.shard);
  request.set_from_seq(sequencer.applied() + 1);
  request.set_page_size(sequencer.gap() ? static_cast<int>(std::min<int64_t>(
                                              sequencer.first_kept() - sequencer.applied() - 1, 2000))
                                        : 2000);
  tonghu::journal::v1::ReadEventsResponse response;
  const grpc::Status read = source.producer->journal->ReadEvents(context.get(), request, &response);
  if (!read.ok()) {
    spdlog::debug("shard {} of {} not read: {}", feed.shard, source.producer->name, read.error_message());
    feed.retry_time = MonotonicNow() + kRetryPause;
    return false;
  }
  for (Event& event : *response.mutable_events()) sequencer.Offer(std::move(event));
  healed_.Increment(response.events_size());
  return response.events_size() > 0;
}

}  // namespace tonghu::journal
