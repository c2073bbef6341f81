#include "libs/journal/consumer.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/journal/relay.h"
#include "libs/log/log.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kAskTimeout = absl::Seconds(2);
constexpr absl::Duration kRetryPause = absl::Milliseconds(100);
constexpr int kTries = 3;  // of a single event that fails for good, before it is set aside
constexpr int kPull = 50;  // messages asked of the bus at a time; each holds up to 256 events
constexpr int64_t kPullBytes = 4 << 20;
constexpr size_t kTake = 16;  // messages looked at before what they brought is applied
constexpr absl::Duration kLookAround = absl::Milliseconds(100);  // at leases, while nothing comes

}  // namespace

// One producer's journal of one shard.
struct Consumer::Source {
  const Producer* producer;
  Sequencer sequencer{};
  int64_t applied_when_asked = -1;  // at the last look at the producer's head
  std::unique_ptr<jetstream::Puller> puller;
  // Messages taken and not acknowledged, in the order they came, without their data, and the newest event of
  // each. The bus has at most as many under way as the durable consumer allows.
  std::deque<std::pair<jetstream::Incoming, int64_t>> unacknowledged;
  size_t batch = 0;       // events of the next transaction; halved when one fails, doubled when one succeeds
  int64_t failed_at = 0;  // the position of the single event that failed, and
  int failures = 0;       // how often

  // What has arrived goes to the sequencer, as long as that has room: what waits to be applied is not pushed
  // out by what comes behind it. Behind a gap all is looked at, since the missing one may be among it.
  void Take(int shard);
  // The bus may forget what is applied; what is not comes again after a crash.
  void AcknowledgeApplied();
};

// One leased shard.
struct Consumer::Feed {
  int shard;
  std::vector<Source> sources;                   // in the order of the producers
  absl::Time retry_time = absl::InfinitePast();  // after a passing failure
  bool failing = false;
  bool held = false;  // by another: the shard's lock was not had in this step
};

// One thread and its feeds.
struct Consumer::Worker {
  int index;
  std::map<int, Feed> feeds;
  absl::Time ask_time = absl::InfinitePast();  // on MonotonicNow's scale
  clock::Waker waker;
  std::thread thread;
};

Consumer::Consumer(Options options, Parts parts, EventHandler handler,
                   std::function<void(int shard)> committed)
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
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->index = i;
    workers_.back()->thread = std::thread([this, worker = workers_.back().get()] { Work(*worker); });
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
  } while (worker.waker.Wait(parts_.bus.connected() ? kLookAround : options_.poll_without_bus));
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
  if (more) worker.waker.Wake();
  AskHeads(worker);
}

void Consumer::OpenAndClose(Worker& worker) {
  std::vector<int> mine;
  for (int shard : parts_.leases.Held()) {
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
  for (const Producer& producer : options_.producers)
    feed.sources.push_back(Source{.producer = &producer, .batch = options_.batch});
  if (absl::Status loaded = LoadCursors(feed); !loaded.ok()) return loaded;
  for (Source& source : feed.sources) Subscribe(worker, feed, source);
  return absl::OkStatus();
}

absl::Status Consumer::LoadCursors(Feed& feed) {
  auto connection = parts_.pool.Acquire(absl::Seconds(2));
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
  source.unacknowledged.clear();
  if (!parts_.bus.connected()) return;
  const jetstream::ConsumerSettings settings{
      .stream = EventStream().name,
      .durable = absl::StrCat(options_.service, "-", source.producer->name, "-", feed.shard),
      .filter_subjects = {absl::StrCat("tonghu.v1.", source.producer->name, ".", feed.shard, ".>")}};
  absl::Status ensured = jetstream::EnsureStream(parts_.bus, EventStream());
  if (ensured.ok()) ensured = jetstream::EnsureConsumer(parts_.bus, settings);
  if (!ensured.ok()) return spdlog::warn("{} not subscribed: {}", settings.durable, ensured.ToString());
  auto made = jetstream::Puller::Make(parts_.bus, {.stream = settings.stream,
                                                   .durable = settings.durable,
                                                   .batch = kPull,
                                                   .notify = [&worker] { worker.waker.Wake(); },
                                                   .batch_bytes = kPullBytes});
  if (!made.ok()) return spdlog::warn("{} not pulled: {}", settings.durable, made.status().ToString());
  source.puller = std::move(*made);
}

bool Consumer::StepFeed(Worker& worker, Feed& feed) {
  if (MonotonicNow() < feed.retry_time) return false;
  bool progressed = false;
  feed.held = false;
  for (Source& source : feed.sources) {
    if (feed.held) break;  // one wait a step, so that the thread's other shards go on
    source.Take(feed.shard);
    if (source.sequencer.gap()) progressed |= FillGap(feed, source);
    progressed |= ApplyReady(feed, source);
    source.AcknowledgeApplied();
  }
  return progressed;
}

void Consumer::Source::Take(int shard) {
  if (puller == nullptr) return;
  tonghu::journal::v1::EventRun run;
  for (size_t taken = 0; taken < kTake && (!sequencer.full() || sequencer.gap()); ++taken) {
    std::vector<jetstream::Incoming> message = puller->Take(1);
    if (message.empty()) return;
    if (!run.ParseFromString(message[0].data)) run.Clear();
    int64_t newest = 0;
    for (Event& event : *run.mutable_events()) {
      if (event.shard() != shard || event.producer() != producer->name) continue;
      newest = std::max(newest, event.seq());
      sequencer.Offer(std::move(event));
    }
    message[0].data.clear();
    unacknowledged.emplace_back(std::move(message[0]), newest);
  }
}

void Consumer::Source::AcknowledgeApplied() {
  std::optional<jetstream::Incoming> applied;
  while (!unacknowledged.empty() && unacknowledged.front().second <= sequencer.applied()) {
    applied = std::move(unacknowledged.front().first);
    unacknowledged.pop_front();
  }
  // What is not acknowledged comes again and is dropped by position.
  if (applied.has_value()) puller->AckThrough(*applied).IgnoreError();
}

bool Consumer::ApplyReady(Feed& feed, Source& source) {
  const std::vector<const Event*> ready = source.sequencer.Ready(source.batch);
  if (ready.empty()) return false;
  const size_t count = ready.size();
  absl::Status applied = Apply(feed, source, ready);
  if (count == 1 && IsEventsFault(applied)) {
    const int64_t seq = ready[0]->seq();
    source.failures = source.failed_at == seq ? source.failures + 1 : 1;
    source.failed_at = seq;
    if (source.failures >= kTries) applied = SetAside(feed, source, *ready[0], applied);
  }
  if (!applied.ok()) return Failed(feed, source, count, applied);
  source.batch = std::min(source.batch * 2, options_.batch);
  if (feed.failing) spdlog::info("shard {} goes on", feed.shard);
  feed.failing = false;
  return true;
}

// Half as many next time: an event that can't be applied gets alone, and what takes too long gets shorter.
// Gives whether to try at once.
bool Consumer::Failed(Feed& feed, Source& source, size_t count, const absl::Status& why) {
  // A lock that was not had says nothing of the events, and the shard's holder goes on: as many are tried
  // again a little later.
  feed.held = postgres::IsLockTimeout(why);
  if (feed.held) {
    feed.retry_time = MonotonicNow() + kRetryPause;
    return false;
  }
  source.batch = std::max<size_t>(1, count / 2);
  // Another replica may have been here, or it is unknown what became of the commit: the cursor says.
  LoadCursors(feed).IgnoreError();
  if (IsEventsFault(why)) return true;
  if (!feed.failing) spdlog::warn("shard {} waits: {}", feed.shard, why.ToString());
  feed.failing = true;
  feed.retry_time = MonotonicNow() + kRetryPause;
  return false;
}

absl::Status Consumer::Apply(Feed& feed, Source& source, absl::Span<const Event* const> events) {
  return Transact(feed, source, events.size(), [&](ShardTransaction& transaction) {
    auto free = parts_.quarantine.HoldBack(transaction, events);
    if (!free.ok()) return free.status();
    return free->empty() ? absl::OkStatus() : handler_(transaction, *free);
  });
}

absl::Status Consumer::SetAside(Feed& feed, Source& source, const Event& event, const absl::Status& why) {
  const std::string what =
      absl::StrCat(event.producer(), ".", event.shard(), ".", event.seq(), " (", event.type(), ")");
  const absl::Status aside = Transact(feed, source, 1, [&](ShardTransaction& transaction) {
    return parts_.quarantine.SetAside(transaction, event, std::string(why.message()));
  });
  if (!aside.ok()) return aside;
  spdlog::error("event {} put in quarantine: {}", what, why.ToString());
  set_aside_.Increment();
  return absl::OkStatus();
}

// One transaction of the next `count` events: the cursor moved, and the effects. What the sequencer keeps
// changes only after the commit.
absl::Status Consumer::Transact(Feed& feed, Source& source, size_t count, const Effects& effects) {
  auto connection = parts_.pool.Acquire(absl::Seconds(5));
  if (!connection.ok()) return connection.status();
  auto transaction = ShardTransaction::Begin(**connection, feed.shard, parts_.clock, Purpose::kBackground);
  if (!transaction.ok()) return transaction.status();
  const auto events = static_cast<int64_t>(count);
  auto moved = transaction->db().Run(
      "UPDATE journal_cursor SET seq = $3 + $4 WHERE producer = $1 AND shard = $2 AND seq = $3",
      postgres::Params()
          .Text(source.producer->name)
          .Int(feed.shard)
          .Int(source.sequencer.applied())
          .Int(events));
  if (!moved.ok()) return moved.status();
  if (moved->affected() != 1) return absl::AbortedError("another replica applied these events");
  if (absl::Status done = effects(*transaction); !done.ok()) return done;
  if (absl::Status committed = transaction->Commit(); !committed.ok()) return committed;
  source.sequencer.Advance(count);
  applied_.Increment(static_cast<double>(count));
  committed_(feed.shard);
  return absl::OkStatus();
}

void Consumer::AskHeads(Worker& worker) {
  const absl::Time now = MonotonicNow();
  if (now < worker.ask_time || worker.feeds.empty()) return;
  const bool bus = parts_.bus.connected();
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
  const bool bus = parts_.bus.connected();
  const int64_t applied = source.sequencer.applied();
  // Behind, and the bus brought nothing since the last look.
  const bool silent = !bus || source.applied_when_asked == applied;
  source.applied_when_asked = bus ? applied : -1;
  // What is here and waits to be applied is not read once more.
  const bool waits = !source.sequencer.empty() && !source.sequencer.gap();
  if (head <= applied || !silent || waits || !FillGap(feed, source)) return;
  ApplyReady(feed, source);
  worker.ask_time = absl::InfinitePast();
  worker.waker.Wake();
}

bool Consumer::FillGap(Feed& feed, Source& source) {
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
  backfilled_.Increment(response.events_size());
  return response.events_size() > 0;
}

}  // namespace tonghu::journal
