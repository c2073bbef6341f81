// Events set aside because their handling kept failing, so that others flow.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/clock/clock.h"
#include "libs/journal/handler.h"
#include "libs/journal/shard_transaction.h"
#include "tonghu/journal/v1/journal_service.pb.h"

namespace tonghu::journal {

// Takes the events whose key has something in quarantine out of `events` and sets them aside too: order
// within a key is kept. Gives the rest.
absl::StatusOr<std::vector<const Event*>> HoldBack(ShardTransaction& transaction,
                                                   absl::Span<const Event* const> events);

// Sets one event aside with its error.
absl::Status SetAside(ShardTransaction& transaction, const Event& event, const std::string& error);

struct Released {
  int applied = 0;
  int remaining = 0;
  std::string error;
};
// Replays one key's events in order through `handler`, each in a transaction of its own; stops at the first
// that fails again.
absl::StatusOr<Released> Release(postgres::Connection& connection, int shard, const std::string& county,
                                 const std::string& key, const clock::Clock& clock, const Handler& handler);

// At most `limit` events behind position `after` ("<producer>/<shard>/<seq>", empty for the first), in that
// order.
absl::StatusOr<std::vector<tonghu::journal::v1::QuarantinedEvent>> ListQuarantined(
    postgres::Connection& connection, const std::string& after, int limit);

}  // namespace tonghu::journal
