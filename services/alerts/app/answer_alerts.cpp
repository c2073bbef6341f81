#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

// Applies one answer and gives the alert after it. Errors: refusals.
absl::StatusOr<Alert> Apply(const Answer& answer, AlertUnitOfWork& ledger, const People& people,
                            absl::Time now) {
  Alert* alert = ledger.Find({answer.county, answer.alert_id});
  if (alert == nullptr) return UnknownAlert();
  const std::string* name = people.In(answer.county).FindName(answer.staff_id);
  if (name == nullptr) return UnknownStaff("staff_member");
  const Person person{answer.staff_id, *name};
  switch (answer.kind) {
    case Answer::Kind::kAcknowledge:
      // An alert keeps the policy under which it was raised.
      RETURN_IF_ERROR(Acknowledge(
          *alert, people.policies.Pinned(alert->county, alert->kind, alert->policy_version), person, now));
      break;
    case Answer::Kind::kResolve:
      RETURN_IF_ERROR(Resolve(*alert, person, answer.words, now));
      break;
    case Answer::Kind::kNote:
      RETURN_IF_ERROR(Note(*alert, person, answer.words, now));
      break;
  }
  return *alert;
}

}  // namespace

absl::Status AnswerAlerts(journal::ShardTransaction& transaction, const Context& context,
                          absl::Span<Answer> answers) {
  std::vector<Key> keys;
  PeopleNeeded needed;
  for (const Answer& answer : answers) {
    keys.emplace_back(answer.county, answer.alert_id);
    // Only the person's name and the policies are needed; an answer tells nobody.
    needed.Add(answer.county, {}, answer.staff_id);
  }
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  RETURN_IF_ERROR(ledger.Load(keys));
  // Answers are applied in order: the second answer to an alert sees the first.
  for (Answer& answer : answers) answer.alert = Apply(answer, ledger, people, transaction.now());
  return ledger.Save();
}

}  // namespace tonghu::alerts
