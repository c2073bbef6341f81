// One producer's journal of one shard, as a consumer reads it.
#pragma once

#include <prometheus/counter.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "libs/jetstream/jetstream.h"
#include "libs/journal/pending_call.h"
#include "libs/journal/sequencer.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::journal {

// Events come over the bus through one durable consumer. What the bus lacks is read from the producer over
// gRPC, without waiting: a producer that does not answer delays nothing that the bus brings. All methods are
// called from one thread.
class EventSource {
 public:
  struct Producer {
    std::string name;                                                    // "registry"
    std::shared_ptr<tonghu::journal::v1::JournalService::Stub> journal;  // all its replicas
  };
  // Which service consumes which shard.
  struct Options {
    std::string service;  // the consumer
    int shard;
    absl::Duration ask_timeout;  // of a read of the journal
  };
  // All outlive the source.
  struct Parts {
    jetstream::Connection& bus;
    prometheus::Counter& backfilled;
    std::function<void()> news;  // something has come; called on any thread; must not block
  };
  // `producer` outlives the source.
  EventSource(const Producer& producer, Options options, Parts parts);

  const Producer& producer() const { return producer_; }
  Sequencer& sequencer() { return sequencer_; }

  // True when nothing is pulled: the bus was away, or the durable consumer is gone.
  bool unsubscribed() const { return puller_ == nullptr || puller_->consumer_missing(); }
  // Makes the durable consumer and begins to pull from it. Without the bus nothing is pulled until the next
  // call.
  void Subscribe();

  // Hands what has arrived to the sequencer. Messages of the bus are taken as long as the sequencer has room,
  // so that what waits to be applied is not pushed out by later events; behind a gap all are taken, since the
  // missing event may be among them. True when the journal was read behind the newest known event and may
  // have more: the producer's head is then to be asked for again.
  bool Take();
  // Begins to read what the journal has behind the last applied event (to the gap's end where there is one),
  // unless a read is under way or has just failed.
  void Read();
  // Takes note that the producer's journal ends at `head`. Reads when events are missing and the bus has
  // brought nothing since the last call.
  void LookAtHead(int64_t head);
  // Acknowledges to the bus the events up to the stored cursor. Events that are not acknowledged come again.
  void AcknowledgeThrough(int64_t stored);

 private:
  void TakeFromBus();
  bool TakeFromJournal();

  const Producer& producer_;
  const Options options_;
  const Parts parts_;
  Sequencer sequencer_;
  std::unique_ptr<jetstream::Puller> puller_;
  // Messages taken and not acknowledged, in the order in which they came, without their data, each with the
  // position of its newest event. Bounded: the bus delivers no more than max_ack_pending unacknowledged.
  std::deque<std::pair<jetstream::Incoming, int64_t>> unacknowledged_;
  int64_t applied_when_asked_ = -1;              // at the last look at the producer's head
  absl::Time read_time_ = absl::InfinitePast();  // no read before; on MonotonicNow's scale
  bool reads_gap_ = false;                       // the read under way is of a gap
  PendingCall<tonghu::journal::v1::ReadEventsRequest, tonghu::journal::v1::ReadEventsResponse> read_;
};

}  // namespace tonghu::journal
