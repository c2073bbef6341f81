#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "libs/totp/totp.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/refusals.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

constexpr int kRecoveryCodes = 10;
constexpr int kRecoveryGroups = 3;

absl::Status Check(const LiveSession& session) {
  if (session.account.factor_confirmed) {
    return refusal::Precondition("SECOND_FACTOR_THERE", "", "the account has a second factor",
                                 "该账号已绑定验证器；更换手机请联系系统管理员重置");
  }
  return session.state == SessionState::kNeedsEnrollment ? absl::OkStatus() : SessionIncomplete();
}

}  // namespace

absl::StatusOr<v1::EnrollSecondFactorResponse> EnrollSecondFactor(
    const Context& context, const v1::EnrollSecondFactorRequest& request, const From& from) {
  ASSIGN_OR_RETURN(auto session, FindLive(context, request.session_token(), from));
  RETURN_IF_ERROR(Check(session));
  const Account& before = session.account;
  const std::string secret = context.random.Bytes(totp::kSecretBytes);
  v1::EnrollSecondFactorResponse response;
  response.set_secret(totp::ToBase32(secret));
  response.set_uri(totp::AddressOf(secret, before.login));
  std::vector<std::string> hashes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    response.add_recovery_codes(NewCode(context.random, kRecoveryGroups));
    hashes.push_back(context.vault.HashOf(response.recovery_codes(i), before.Name()));
  }
  Account after = before;
  after.factor = context.vault.Seal(secret, before.Name(), context.random);
  after.last_step = 0;  // steps are those of a secret: a new one has given no code yet
  RETURN_IF_ERROR(InShard(context, before.county, before.Name(),
                          [&](journal::ShardTransaction& transaction) -> absl::Status {
                            ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
                            if (!updated) return SessionOver();
                            return ReplaceRecoveryCodes(transaction.db(), before, hashes);
                          }));
  return response;
}

}  // namespace tonghu::access
