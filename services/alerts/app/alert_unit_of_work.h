// The unit of work of alerts: those that one transaction touches are read once, changed in memory (so that
// later commands of a batch see earlier ones), and written once.
#pragma once

#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/app/people.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// An alert counts as changed when it has new entries. Pointers to alerts stay valid while the unit of work
// lives. Not thread-safe.
class AlertUnitOfWork {
 public:
  AlertUnitOfWork(journal::ShardTransaction& transaction, const Context& context)
      : transaction_(transaction), context_(context) {}

  // Reads alerts with their entries.
  absl::Status Load(const std::vector<Key>& keys);
  // Takes in an alert that was read, with or without entries. Gives the one held, if the alert is here
  // already.
  Alert& Take(Alert alert);
  // Takes in a new alert, whose kind, place and people are set, and raises it under the policy in force.
  Alert& Raise(Alert alert, const People& people);
  // The alert; nullptr when it is not here.
  Alert* Find(const Key& key);

  // Writes what is new: alerts, the notifications of those told, and events. Called once, at the end.
  absl::Status Save();

 private:
  struct Held {
    Alert alert;
    size_t stored_entries;
    bool added;
  };
  Alert& Hold(Alert alert, size_t stored_entries, bool added);
  absl::Status Store(std::vector<AlertRow>& added, const std::vector<AlertRow>& changed);
  absl::Status Tell(const std::vector<AlertRow>& rows);
  absl::Status FollowAnswers(const std::vector<AlertRow>& rows);

  journal::ShardTransaction& transaction_;
  const Context& context_;
  std::deque<Held> held_;
  ByKey<Held*> by_key_;
};

}  // namespace tonghu::alerts
