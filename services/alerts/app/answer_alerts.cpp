#include "services/alerts/app/answer_alerts.h"

#include <functional>
#include <utility>

#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/people.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

using Change = std::function<absl::Status(Alert& alert, const Answer& answer, const Person& person,
                                          const PolicySet& policies)>;

absl::Status Apply(const Change& change, AlertUnitOfWork& ledger, const People& people, Answer& answer) {
  Alert* alert = ledger.Find({answer.county, answer.alert_id});
  if (alert == nullptr) return UnknownAlert();
  const std::string* name = people.In(answer.county).FindName(answer.staff_id);
  if (name == nullptr) return UnknownStaff("staff_member");
  return change(*alert, answer, {answer.staff_id, *name}, people.policies);
}

absl::Status Decide(journal::ShardTransaction& transaction, const Context& context,
                    absl::Span<Answer> answers, const Change& change) {
  std::vector<Key> keys;
  PeopleNeeded needed;
  for (const Answer& answer : answers) {
    keys.emplace_back(answer.county, answer.alert_id);
    needed.Add(answer.county, {}, answer.staff_id);
  }
  auto people = needed.Load(transaction.db());
  if (!people.ok()) return people.status();
  AlertUnitOfWork ledger(transaction, context);
  if (absl::Status loaded = ledger.Load(keys); !loaded.ok()) return loaded;
  // In order: the second answer to an alert sees the first.
  for (Answer& answer : answers) {
    const absl::Status changed = Apply(change, ledger, *people, answer);
    if (changed.ok()) {
      answer.alert = *ledger.Find({answer.county, answer.alert_id});
    } else {
      answer.alert = changed;
    }
  }
  return ledger.Save();
}

}  // namespace

absl::Status AcknowledgeAlerts(journal::ShardTransaction& transaction, const Context& context,
                               absl::Span<Answer> answers) {
  return Decide(transaction, context, answers,
                [now = transaction.now()](Alert& alert, const Answer&, const Person& person,
                                          const PolicySet& policies) {
                  return Acknowledge(alert, policies.Pinned(alert.county, alert.kind, alert.policy_version),
                                     person, now);
                });
}

absl::Status ResolveAlerts(journal::ShardTransaction& transaction, const Context& context,
                           absl::Span<Answer> answers) {
  return Decide(
      transaction, context, answers,
      [now = transaction.now()](Alert& alert, const Answer& answer, const Person& person, const PolicySet&) {
        return Resolve(alert, person, answer.resolution, now);
      });
}

}  // namespace tonghu::alerts
