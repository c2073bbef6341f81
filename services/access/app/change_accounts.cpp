#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/access/app/accounts.h"
#include "services/access/app/keys.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

absl::StatusOr<v1::Account> SetDisabled(journal::ShardTransaction& transaction,
                                        const v1::SetAccountDisabledRequest& request) {
  ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), request.name(), "name"));
  if (before.disabled == request.disabled()) return MessageOf(before);
  Account after = before;
  after.disabled = request.disabled();
  ++after.epoch;  // sessions of before do not come back when the account is enabled again
  ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
  if (!updated) return absl::AbortedError("the account has changed meanwhile");
  PublishAccountPut(transaction, after, after.disabled ? "disabled" : "enabled");
  return MessageOf(after);
}

absl::StatusOr<v1::CreateApiKeyResponse> CreateKey(const Context& context,
                                                   journal::ShardTransaction& transaction,
                                                   const v1::CreateApiKeyRequest& request) {
  ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), request.name(), "name"));
  if (before.kind != AccountKind::kProgram) {
    return refusal::Precondition("NOT_A_PROGRAM", "name", "people sign in; only programs have API keys",
                                 "只有程序账号可以使用接口密钥，个人请登录使用");
  }
  v1::CreateApiKeyResponse response;
  response.set_api_key(absl::StrCat(kApiKeyPrefix, NewToken(context.random)));
  Account after = before;
  after.api_key = Sha256(response.api_key());
  ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
  if (!updated) return absl::AbortedError("the account has changed meanwhile");
  PublishAccountPut(transaction, after, "api_key");
  return response;
}

}  // namespace

absl::Status SetAccountsDisabled(const Context&, journal::ShardTransaction& transaction,
                                 CommandsOf<v1::SetAccountDisabledRequest, v1::Account> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, SetDisabled(transaction, *command.request)));
  }
  return absl::OkStatus();
}

absl::Status CreateApiKeys(const Context& context, journal::ShardTransaction& transaction,
                           CommandsOf<v1::CreateApiKeyRequest, v1::CreateApiKeyResponse> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, CreateKey(context, transaction, *command.request)));
  }
  return absl::OkStatus();
}

absl::Status RevokeSession(const Context& context, std::string_view actor, const std::string& account,
                           const std::string& session) {
  if (!session.empty()) {
    const std::string prefix = absl::StrCat(account, "/sessions/");
    if (!session.starts_with(prefix) || session.size() > prefix.size() + 64) {
      return refusal::Invalid("NAME_MALFORMED", "session", "session must be {account}/sessions/{id}",
                              "登录记录名称格式不正确，应为“账号/sessions/编号”");
    }
    return context.sessions.End(account, session.substr(prefix.size()));
  }
  ASSIGN_OR_RETURN(auto name, ids::ParseName(account, "accounts", "parent"));
  return InShard(context, name.county, actor, [&](journal::ShardTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), account, "parent"));
    Account after = before;
    ++after.epoch;
    ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
    if (!updated) return absl::AbortedError("the account has changed meanwhile");
    PublishAccountPut(transaction, after, "sessions");
    return absl::OkStatus();
  });
}

}  // namespace tonghu::access
