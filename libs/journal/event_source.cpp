#include "libs/journal/event_source.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/clock/waker.h"
#include "libs/journal/event_run.h"
#include "libs/journal/relay.h"
#include "libs/journal/scratch.h"
#include "libs/log/log.h"

namespace tonghu::journal {
namespace {

// After a read of the journal that failed.
constexpr absl::Duration kRetryPause = absl::Milliseconds(100);
constexpr int kPull = 50;  // messages asked of the bus at a time, each of up to 500 events
constexpr int64_t kPullBytes = 4 << 20;
constexpr size_t kTake = 16;     // messages taken before their events are applied
constexpr int64_t kPage = 2000;  // events read of the journal at a time

}  // namespace

EventSource::EventSource(const Producer& producer, Options options, Parts parts)
    : producer_(producer), options_(std::move(options)), parts_(std::move(parts)), read_(parts_.news) {}

void EventSource::Subscribe() {
  // Messages of the old puller need no acknowledgement of their own: that of a later message covers all
  // before it (AckAll). Those that come again are dropped by their positions.
  puller_ = nullptr;
  unacknowledged_.clear();
  if (!parts_.bus.connected()) return;
  // One durable consumer for each producer and shard, shared by the replicas, with one filter, which is what
  // nats-server delivers fast (docs/adr/2026-11-21-one-consumer-a-producer.md).
  const jetstream::ConsumerSettings settings{
      .stream = EventStream().name,
      .durable = absl::StrCat(options_.service, "-", producer_.name, "-", options_.shard),
      .filter_subjects = {absl::StrCat("tonghu.v1.", producer_.name, ".", options_.shard, ".>")}};
  // The stream is made by whoever needs it first, a relay or a consumer.
  absl::Status ensured = jetstream::EnsureStream(parts_.bus, EventStream());
  if (ensured.ok()) ensured = jetstream::EnsureConsumer(parts_.bus, settings);
  if (!ensured.ok()) return spdlog::warn("{} not subscribed: {}", settings.durable, ensured.ToString());
  auto made = jetstream::Puller::Make(parts_.bus, {.stream = settings.stream,
                                                   .durable = settings.durable,
                                                   .batch = kPull,
                                                   .notify = parts_.news,
                                                   .batch_bytes = kPullBytes});
  if (!made.ok()) return spdlog::warn("{} not pulled: {}", settings.durable, made.status().ToString());
  puller_ = std::move(*made);
}

bool EventSource::Take() {
  TakeFromBus();
  return TakeFromJournal();
}

void EventSource::TakeFromBus() {
  if (puller_ == nullptr) return;
  auto& run = Scratch<EventRun>();
  for (size_t taken = 0; taken < kTake && (!sequencer_.full() || sequencer_.gap()); ++taken) {
    // One at a time: as long as messages wait in the puller, the bus is not asked for more.
    std::vector<jetstream::Incoming> message = puller_->Take(1);
    if (message.empty()) return;
    // A message that can't be read is acknowledged and leaves a gap, which is filled from the journal.
    if (!run.ParseFromString(message[0].data)) run.Clear();
    int64_t newest = 0;
    // Another producer's message under this subject would move the wrong journal's positions.
    if (run.shard() == options_.shard && run.producer() == producer_.name) {
      newest = run.first_seq() + run.entries_size() - 1;
      for (Event& event : EventsOf(run)) sequencer_.Offer(std::move(event));
    }
    // Only the subject of the acknowledgement is needed from here on; clear() would keep the memory (I7).
    message[0].data = std::string();
    unacknowledged_.emplace_back(std::move(message[0]), newest);
  }
}

bool EventSource::TakeFromJournal() {
  auto read = read_.Take();
  if (!read.has_value()) return false;
  if (!read->ok()) {
    spdlog::debug("shard {} of {} not read: {}", options_.shard, producer_.name, read->status().ToString());
    read_time_ = clock::MonotonicNow() + kRetryPause;
    return false;
  }
  for (v1::Event& event : *(*read)->mutable_events()) sequencer_.Offer(FromMessage(std::move(event)));
  parts_.backfilled.Increment((*read)->events_size());
  // Behind the newest known event there may be more than a page; a gap's page is all of the gap that was
  // asked for.
  return (*read)->events_size() > 0 && !reads_gap_;
}

void EventSource::Read() {
  if (!read_.idle() || clock::MonotonicNow() < read_time_) return;
  reads_gap_ = sequencer_.gap();
  // A gap is read to its end only, since what comes behind it is here already.
  const int64_t missing = reads_gap_ ? sequencer_.first_kept() - sequencer_.applied() - 1 : kPage;
  tonghu::journal::v1::ReadEventsRequest request;
  request.set_shard(options_.shard);
  request.set_from_seq(sequencer_.applied() + 1);
  request.set_page_size(static_cast<int>(std::min(missing, kPage)));
  read_.Start(std::move(request), options_.ask_timeout,
              [this](auto* context, auto* asked, auto* response, auto done) {
                producer_.journal->async()->ReadEvents(context, asked, response, std::move(done));
              });
}

void EventSource::LookAtHead(int64_t head) {
  const bool bus = parts_.bus.connected();
  const int64_t applied = sequencer_.applied();
  // While the bus moves the position on, it may simply be a little behind: only a bus that brought nothing
  // since the last look counts as lacking events.
  const bool silent = !bus || applied_when_asked_ == applied;
  applied_when_asked_ = bus ? applied : -1;
  // Events that are here and wait to be applied are not read once more.
  const bool waits = !sequencer_.empty() && !sequencer_.gap();
  if (head > applied && silent && !waits) Read();
}

void EventSource::AcknowledgeThrough(int64_t stored) {
  std::optional<jetstream::Incoming> applied;
  while (!unacknowledged_.empty() && unacknowledged_.front().second <= stored) {
    applied = std::move(unacknowledged_.front().first);
    unacknowledged_.pop_front();
  }
  // A lost acknowledgement does no harm: the message comes again and is dropped by its positions (I2).
  if (applied.has_value()) puller_->AckThrough(*applied).IgnoreError();
}

}  // namespace tonghu::journal
