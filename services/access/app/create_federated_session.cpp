#include "libs/log/log.h"
#include "libs/status/macros.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

// Keeps the time of the sign-in, and that there was one, unless the account has changed meanwhile.
absl::Status Keep(const Context& context, const Account& account, const std::string& actor) {
  return InShard(context, account.county, actor, [&](journal::ShardTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(auto kept, KeepSignIn(transaction.db(), account, context.clock.Now()));
    if (!kept) return SubjectNotBound();
    PublishAccountPut(transaction, account, "signed_in_federated");
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<v1::Session> CreateFederatedSession(const Context& context,
                                                   const v1::CreateFederatedSessionRequest& request,
                                                   const std::string& presenter) {
  const FederatedSubject subject{request.issuer(), request.subject()};
  RETURN_IF_ERROR(CheckSubject(subject, "subject"));
  std::vector<Account> bound;
  {
    ASSIGN_OR_RETURN(auto connection, Connect(context));
    ASSIGN_OR_RETURN(bound, LoadAccountsBoundTo(*connection, {&subject, 1}));
  }
  if (bound.empty()) {
    spdlog::info("sign-in by an identity provider refused: no account is bound");
    return SubjectNotBound();
  }
  Account account = std::move(bound.front());
  if (account.disabled) return AccountDisabled();
  // The gateway speaks for its caller; the operator at the machine acts as itself.
  RETURN_IF_ERROR(Keep(context, account, presenter == "gateway" ? account.Name() : presenter));
  spdlog::info("signed in by an identity provider: {}", account.Name());
  ASSIGN_OR_RETURN(auto session, OpenSession(context, std::move(account), SignIn::kFederated,
                                             {request.address(), request.user_agent()}));
  return MessageOf(session);
}

}  // namespace tonghu::access
