#include <algorithm>

#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

constexpr int kMost = 5000;  // alerts a transaction; keeps the shard's lock short for those who report

}  // namespace

absl::StatusOr<int> ClimbDueAlerts(journal::ShardTransaction& transaction, const Context& context,
                                   int limit) {
  ASSIGN_OR_RETURN(auto due, LoadDueAlerts(transaction.db(), transaction.shard(), transaction.now(),
                                           std::min(limit, kMost)));
  PeopleNeeded needed;
  for (const Alert& alert : due) needed.Add(alert.county, alert.place, alert.helper_id);
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  for (Alert& read : due) {
    // The alerts were read without entries: a climb adds entries and asks for none.
    Alert& alert = ledger.Take(std::move(read));
    const Policy& policy = people.policies.Pinned(alert.county, alert.kind, alert.policy_version);
    // One step, however long ago it was due: after an outage each level still has its time to answer.
    Climb(alert, policy, people.In(alert.county), transaction.now());
  }
  RETURN_IF_ERROR(ledger.Save());
  return static_cast<int>(due.size());
}

}  // namespace tonghu::alerts
