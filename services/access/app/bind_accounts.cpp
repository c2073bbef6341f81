#include "libs/status/macros.h"
#include "services/access/app/accounts.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

constexpr char kField[] = "federated_subject";

absl::Status Check(postgres::Connection& db, const Account& before, const FederatedSubject& subject) {
  if (before.kind != AccountKind::kPerson) return ProgramNotBound();
  RETURN_IF_ERROR(CheckSubject(subject, kField));
  ASSIGN_OR_RETURN(auto bound, HoldSubjects(db, {&subject, 1}));
  return bound.empty() ? absl::OkStatus() : SubjectTaken(kField);
}

absl::StatusOr<v1::Account> Bind(journal::ShardTransaction& transaction,
                                 const v1::SetFederatedSubjectRequest& request, const std::string& actor) {
  ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), request.name(), "name"));
  const FederatedSubject subject{request.federated_subject().issuer(), request.federated_subject().subject()};
  if (before.federated == subject) return MessageOf(before);
  if (!subject.empty()) RETURN_IF_ERROR(Check(transaction.db(), before, subject));
  Account after = before;
  after.federated = subject;
  // Who binds an account to a subject of their own would get in.
  if (!subject.empty() && NeedsSecondPerson(actor)) after.pending = true;
  ++after.epoch;  // whom a provider signed in until now is out at once
  ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
  if (!updated) return absl::AbortedError("the account has changed meanwhile");
  if (!before.federated.empty()) PublishAccountPut(transaction, before, "unbound");
  if (!subject.empty()) PublishAccountPut(transaction, after, "bound");
  return MessageOf(after);
}

}  // namespace

absl::Status BindAccounts(const Context&, journal::ShardTransaction& transaction,
                          CommandsOf<v1::SetFederatedSubjectRequest, v1::Account> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, Bind(transaction, *command.request, *command.actor)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::access
