#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/access/app/accounts.h"
#include "services/access/app/keys.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

constexpr int kMostApproved = 1000;

absl::StatusOr<v1::Account> SetDisabled(journal::ShardTransaction& transaction,
                                        const v1::SetAccountDisabledRequest& request) {
  ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), request.name(), "name"));
  if (before.disabled == request.disabled()) return MessageOf(before);
  ASSIGN_OR_RETURN(const bool left, HasLeft(transaction.db(), {before.county, before.staff_id}));
  if (left && !request.disabled()) {
    return refusal::Precondition(
        "STAFF_MEMBER_HAS_LEFT", "name",
        "the account's staff member has left; put them back in the registry first",
        "该账号的人员已离岗，不能启用；确已返岗的请先在人员中取消离岗，再启用账号。");
  }
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
                                                   const v1::CreateApiKeyRequest& request,
                                                   const std::string& actor) {
  ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), request.name(), "name"));
  if (before.kind != AccountKind::kProgram) {
    return refusal::Precondition("NOT_A_PROGRAM", "name", "people sign in; only programs have API keys",
                                 "只有程序账号可以使用接口密钥，个人请登录使用");
  }
  v1::CreateApiKeyResponse response;
  response.set_api_key(absl::StrCat(kApiKeyPrefix, NewToken(context.random)));
  Account after = before;
  after.api_key = Sha256(response.api_key());
  after.pending |= NeedsSecondPerson(actor);
  ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
  if (!updated) return absl::AbortedError("the account has changed meanwhile");
  PublishAccountPut(transaction, after, "api_key");
  return response;
}

absl::StatusOr<v1::BatchApproveAccountsResponse> Approve(journal::ShardTransaction& transaction,
                                                         const std::string& county,
                                                         const v1::BatchApproveAccountsRequest& request) {
  if (request.accounts_size() < 1 || request.accounts_size() > kMostApproved) {
    return refusal::Invalid("ACCOUNTS_COUNT", "accounts", "1 to 1000 accounts are needed",
                            "每批应为1至1000个账号");
  }
  // All are looked at first: what is refused has approved none.
  std::vector<Account> pending;
  std::set<std::string> named;
  for (const std::string& name : request.accounts()) {
    RETURN_IF_ERROR(ids::IdIn(county, name, "accounts", "accounts").status());
    ASSIGN_OR_RETURN(auto account, RequireAccount(transaction.db(), name, "accounts"));
    if (account.pending && named.insert(name).second) pending.push_back(std::move(account));
  }
  v1::BatchApproveAccountsResponse response;
  for (const Account& before : pending) {
    Account after = before;
    after.pending = false;
    ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
    if (!updated) return absl::AbortedError("the account has changed meanwhile");
    PublishAccountPut(transaction, after, "approved");
    *response.add_accounts() = MessageOf(after);
  }
  return response;
}

}  // namespace

absl::Status ApproveAccounts(
    const Context&, journal::ShardTransaction& transaction,
    CommandsOf<v1::BatchApproveAccountsRequest, v1::BatchApproveAccountsResponse> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, Approve(transaction, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

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
    RETURN_IF_ERROR(PutReply(command, CreateKey(context, transaction, *command.request, *command.actor)));
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
