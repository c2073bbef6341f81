// Quarantine: events set aside because applying them kept failing, so that others flow.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/clock/clock.h"
#include "libs/journal/event_handler.h"
#include "libs/journal/operator_notice.h"
#include "libs/journal/shard_transaction.h"
#include "tonghu/journal/v1/journal_service.pb.h"

namespace tonghu::journal {

// Whether a failure is the event's: its bytes, or data that break a rule of a table. Every other failure,
// also an unforeseen one, is taken for the machine's: the event waits and is tried again, since setting a
// good event aside would lose a child from sight.
bool IsEventsFault(const absl::Status& status);

// The quarantine of one service. The operators are told of each event that is set aside, in the same
// transaction. Thread-safe.
class Quarantine {
 public:
  struct Options {
    std::string service;
    std::vector<std::string> producers;  // in the order of replay
    EventHandler handler;
    Notify notify = PublishNotice;
  };
  explicit Quarantine(Options options) : options_(std::move(options)) {}

  // The statement that finds the keys of a shard with something in quarantine, for
  // ShardTransaction::Entry::also.
  postgres::Connection::Statement Waiting(int shard) const;
  // Takes the events whose key has something in quarantine, by the result of Waiting, out of `events` and
  // sets them aside too, so that order within a key is kept (I3). Gives the other events.
  absl::StatusOr<std::vector<const Event*>> HoldBack(ShardTransaction& transaction,
                                                     absl::Span<const Event* const> events,
                                                     const postgres::Result& waiting) const;

  // Sets one event aside with its error.
  absl::Status SetAside(ShardTransaction& transaction, const Event& event, const std::string& error) const;

  // Tells the operators of an event that fails for an unknown reason and is tried again and again; with
  // `over`, that the event has been applied.
  absl::Status TellThatItWaits(ShardTransaction& transaction, const Event& event, bool over) const;

  struct Key {
    int shard;
    std::string county, key;
  };
  struct Released {
    int applied = 0;
    int remaining = 0;
    std::string error;
  };
  // Applies one key's events again, each in a transaction of its own: those of one producer by position;
  // those of several producers, between whose facts there is no order, producer after producer. Stops at the
  // first event that fails again.
  absl::StatusOr<Released> Release(postgres::Connection& connection, const Key& key,
                                   const clock::Clock& clock) const;

 private:
  absl::StatusOr<bool> ReleaseOne(ShardTransaction& transaction, const Key& key) const;
  absl::Status Tell(ShardTransaction& transaction, const Event& event, v1::OperatorMatter matter,
                    bool over) const;

  const Options options_;
};

// Lists at most `limit` events behind `page_token` ("<producer>/<shard>/<seq>" of the last one seen; empty
// for the first page), by producer, shard and position. Errors: INVALID_ARGUMENT, reason
// PAGE_TOKEN_MALFORMED.
absl::StatusOr<std::vector<tonghu::journal::v1::QuarantinedEvent>> ListQuarantined(
    postgres::Connection& connection, const std::string& page_token, int limit);

}  // namespace tonghu::journal
