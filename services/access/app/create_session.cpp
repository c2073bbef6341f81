#include "absl/strings/escaping.h"
#include "libs/log/log.h"
#include "libs/status/macros.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/password_rules.h"
#include "services/access/domain/refusals.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

// Whether the password is the account's. Takes as long whether there is an account or not.
bool IsRight(const Context& context, const std::optional<Account>& account, const std::string& password) {
  const bool person = account.has_value() && account->kind == AccountKind::kPerson;
  const bool hashed = person && !account->first_password;
  const bool chosen = context.passwords.IsOf(hashed ? account->password : "", password);
  if (!person || hashed) return chosen;
  return absl::BytesToHexString(context.vault.HashOf(password, account->Name())) == account->password;
}

}  // namespace

absl::StatusOr<v1::Session> CreateSession(const Context& context, const v1::CreateSessionRequest& request,
                                          const From& from) {
  const std::string login = LoginOf(request.login());
  // Counted before the password is looked at: tries made at the same time are then counted too.
  RETURN_IF_ERROR(context.sessions.TryFrom(from.address, context.clock.Now()));
  RETURN_IF_ERROR(context.sessions.Try(login, from.address, context.clock.Now()));
  std::optional<Account> account;
  if (!login.empty()) {
    ASSIGN_OR_RETURN(auto connection, Connect(context));
    ASSIGN_OR_RETURN(account, FindAccountByLogin(*connection, login));
  }
  if (request.password().size() > kLongestPassword || !IsRight(context, account, request.password())) {
    spdlog::info("sign-in refused: {}", account.has_value() ? account->Name() : "no such account");
    return SignInRefused();
  }
  if (account->disabled) return AccountDisabled();
  if (FirstPasswordIsOver(*account, context.clock.Now())) return FirstPasswordOver();
  ASSIGN_OR_RETURN(auto session, OpenSession(context, *std::move(account), SignIn::kPassword, from));
  return MessageOf(session);
}

}  // namespace tonghu::access
