#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/password_rules.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

absl::Status PasswordWrong() {
  return refusal::Invalid("PASSWORD_WRONG", "password", "the present password is wrong",
                          "原密码不正确，请重新输入");
}

// Whether the account has the password now. `first` and later ones are hashed in different ways.
bool IsPresent(const Context& context, const Account& account, const std::string& password) {
  if (!account.first_password) return context.passwords.IsOf(account.password, password);
  return absl::BytesToHexString(context.vault.HashOf(password, account.Name())) == account.password;
}

// Refuses a password that is the present one or one of those before.
absl::Status CheckNew(const Context& context, const Account& account, const std::string& password) {
  RETURN_IF_ERROR(CheckPassword(password, account.login));
  if (IsPresent(context, account, password)) return PasswordUsedBefore();
  std::vector<std::string> old;
  {
    ASSIGN_OR_RETURN(auto connection, Connect(context));
    ASSIGN_OR_RETURN(old, LoadOldPasswords(*connection, account, kRememberedPasswords - 1));
  }
  for (const std::string& hash : old) {
    if (context.passwords.IsOf(hash, password)) return PasswordUsedBefore();
  }
  return absl::OkStatus();
}

absl::Status Store(const Context& context, const Account& before, const Account& after) {
  return InShard(context, before.county, before.Name(),
                 [&](journal::ShardTransaction& transaction) -> absl::Status {
                   ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
                   // Somebody else has changed the account meanwhile, which ends this session.
                   if (!updated) return SessionOver();
                   if (!before.first_password) RETURN_IF_ERROR(AddOldPassword(transaction.db(), before));
                   PublishAccountPut(transaction, after, "password");
                   return absl::OkStatus();
                 });
}

}  // namespace

absl::StatusOr<v1::Session> ChangePassword(const Context& context, const v1::ChangePasswordRequest& request,
                                           const From& from) {
  ASSIGN_OR_RETURN(auto session, FindLive(context, request.session_token(), from));
  const Account& before = session.account;
  if (session.state != SessionState::kNeedsPassword && session.state != SessionState::kActive)
    return SessionIncomplete();
  if (request.password().size() > kLongestPassword) return PasswordWrong();
  const std::string tries = absl::StrCat("password ", before.Name());
  RETURN_IF_ERROR(context.sessions.Try(tries, from.address, context.clock.Now()));
  if (!IsPresent(context, before, request.password())) return PasswordWrong();
  RETURN_IF_ERROR(context.sessions.Forget(tries, from.address));
  RETURN_IF_ERROR(CheckNew(context, before, request.new_password()));
  Account after = before;
  ASSIGN_OR_RETURN(after.password, context.passwords.Hash(request.new_password()));
  after.first_password = false;
  after.password_time = context.clock.Now();
  ++after.epoch;
  RETURN_IF_ERROR(Store(context, before, after));
  ASSIGN_OR_RETURN(auto replaced, ReplaceSession(context, session, after, session.stored.code_given()));
  return MessageOf(replaced);
}

}  // namespace tonghu::access
