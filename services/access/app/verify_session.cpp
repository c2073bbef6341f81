#include "absl/strings/str_cat.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "libs/totp/totp.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

absl::Status CodeNotNeeded() {
  return refusal::Precondition("CODE_NOT_NEEDED", "code", "the session needs no code now",
                               "现在不需要验证码，请刷新页面");
}

// Takes a one-time code, once; a first one confirms the factor.
absl::Status TakeCode(const Context& context, const Account& account, int64_t step) {
  return InShard(
      context, account.county, account.Name(), [&](journal::ShardTransaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(auto taken, TakeStep(transaction.db(), account, step, context.clock.Now()));
        if (!taken) return CodeRefused();
        PublishAccountPut(transaction, account, account.factor_confirmed ? "signed_in" : "second_factor");
        return absl::OkStatus();
      });
}

absl::Status TakeRecovery(const Context& context, const Account& account, std::string_view code) {
  const std::string hash = context.vault.HashOf(code, account.Name());
  return InShard(
      context, account.county, account.Name(), [&](journal::ShardTransaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(auto taken, TakeRecoveryCode(transaction.db(), account, hash, context.clock.Now()));
        if (!taken) return CodeRefused();
        PublishAccountPut(transaction, account, "recovery_code");
        return absl::OkStatus();
      });
}

absl::Status Take(const Context& context, const Account& account, const std::string& code) {
  ASSIGN_OR_RETURN(auto secret, context.vault.Unseal(account.factor, account.Name()));
  if (const auto step = totp::StepOfCode(secret, code, context.clock.Now()))
    return TakeCode(context, account, *step);
  // Shorter texts are mistyped one-time codes, and cost no transaction.
  constexpr size_t kRecoveryCode = 12;
  if (!account.factor_confirmed || Typed(code).size() != kRecoveryCode) return CodeRefused();
  return TakeRecovery(context, account, code);
}

}  // namespace

absl::StatusOr<v1::Session> VerifySession(const Context& context, const v1::VerifySessionRequest& request,
                                          const From& from) {
  ASSIGN_OR_RETURN(auto session, FindLive(context, request.session_token(), from));
  const bool enrolling = session.state == SessionState::kNeedsEnrollment && !session.account.factor.empty();
  if (session.state != SessionState::kNeedsCode && !enrolling) return CodeNotNeeded();
  const std::string tries = absl::StrCat("code ", session.account.Name());
  RETURN_IF_ERROR(context.sessions.Try(tries, from.address, context.clock.Now()));
  if (absl::Status taken = Take(context, session.account, request.code()); !taken.ok()) {
    if (refusal::IsRefusal(taken)) spdlog::info("code refused: {}", session.account.Name());
    return taken;
  }
  // Only a complete sign-in forgets the tries: a right password alone must not give new tries of codes.
  RETURN_IF_ERROR(context.sessions.Forget(tries, from.address));
  RETURN_IF_ERROR(context.sessions.Forget(session.account.login, from.address));
  Account account = session.account;
  account.factor_confirmed = true;
  ASSIGN_OR_RETURN(auto replaced, ReplaceSession(context, session, std::move(account), true));
  spdlog::info("signed in: {}", session.account.Name());
  return MessageOf(replaced);
}

}  // namespace tonghu::access
