// Events set aside because their handling kept failing, so that others flow.
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

// Whether it is the event that can't be applied: its bytes, or data that break a rule of a table. Everything
// else, also what nobody thought of, is the machine's fault and passes: the event is tried again and waits.
bool IsEventsFault(const absl::Status& status);

// The quarantine of one service. Whoever is set aside is told to the operators in the same transaction.
// Thread-safe.
class Quarantine {
 public:
  struct Options {
    std::string service;
    std::vector<std::string> producers;  // in the order of replay
    EventHandler handler;
    Notify notify = PublishNotice;
  };
  explicit Quarantine(Options options) : options_(std::move(options)) {}

  // Which keys of a shard have something in quarantine: a statement for ShardTransaction::Entry::also.
  postgres::Connection::Statement Waiting(int shard) const;
  // Takes the events whose key has something in quarantine, as Waiting's result says, out of `events` and
  // sets them aside too: order within a key is kept. Gives the rest.
  absl::StatusOr<std::vector<const Event*>> HoldBack(ShardTransaction& transaction,
                                                     absl::Span<const Event* const> events,
                                                     const postgres::Result& waiting) const;

  // Sets one event aside with its error.
  absl::Status SetAside(ShardTransaction& transaction, const Event& event, const std::string& error) const;

  // Tells the operators of an event that is not set aside: it fails for a reason unknown and is tried again
  // and again; or, over, that it has been applied.
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
  // Replays one key's events, each in a transaction of its own: those of one producer by position; of several
  // producers, between whose facts there is no order, the first producer's first. Stops at the first that
  // fails again.
  absl::StatusOr<Released> Release(postgres::Connection& connection, const Key& key,
                                   const clock::Clock& clock) const;

 private:
  absl::StatusOr<bool> ReleaseOne(ShardTransaction& transaction, const Key& key) const;
  absl::Status Tell(ShardTransaction& transaction, const Event& event, v1::OperatorMatter matter,
                    bool over) const;

  const Options options_;
};

// At most `limit` events behind `page_token` ("<producer>/<shard>/<seq>" of the last one seen; empty for the
// first), in the order of these. Errors: INVALID_ARGUMENT, reason PAGE_TOKEN_MALFORMED.
absl::StatusOr<std::vector<tonghu::journal::v1::QuarantinedEvent>> ListQuarantined(
    postgres::Connection& connection, const std::string& page_token, int limit);

}  // namespace tonghu::journal
