#include "services/access/app/grants.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/principal/principal.h"
#include "libs/refusal/characters.h"
#include "libs/status/macros.h"
#include "services/access/app/actor_names.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/rights_store.h"

namespace tonghu::access {
namespace {

constexpr absl::Duration kLongestGrant = absl::Hours(24 * 366);
constexpr size_t kLongestReason = 200;  // characters

std::string AccountOf(const GrantRow& row) { return ids::NameOf(row.county, "accounts", row.account_id); }

v1::Grant MessageOf(const GrantRow& row) {
  v1::Grant message;
  message.set_name(absl::StrCat(AccountOf(row), "/grants/", row.grant_id));
  *message.mutable_right() = principal::ToMessage(row.right());
  clock::SetTime(row.end_time, message.mutable_end_time());
  message.set_reason(row.reason);
  message.set_author(row.author);
  clock::SetTime(row.create_time, message.mutable_create_time());
  return message;
}

absl::Status Check(const v1::CreateGrantRequest& request, const std::string& actor, absl::Time now) {
  if (request.parent() == actor) {
    return refusal::Precondition("GRANT_TO_SELF", "parent", "nobody grants to themselves",
                                 "不能给自己授权，请由另一位安全管理员办理");
  }
  const absl::Time end = clock::ToTime(request.grant().end_time());
  if (!request.grant().has_end_time() || end <= now || end > now + kLongestGrant) {
    return refusal::Invalid("GRANT_END", "grant.end_time", "a grant ends within a year",
                            "请填写授权截止时间，须晚于现在且不超过一年");
  }
  const std::string reason(absl::StripAsciiWhitespace(request.grant().reason()));
  if (reason.empty() || refusal::CharactersOf(reason) > kLongestReason) {
    return refusal::Invalid("GRANT_REASON_MISSING", "grant.reason",
                            "a reason of at most 200 characters is needed", "请填写授权理由，不超过200个字");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Grant> CreateOne(const Context& context, journal::ShardTransaction& transaction,
                                    const v1::CreateGrantRequest& request, const std::string& actor) {
  const absl::Time now = context.clock.Now();
  RETURN_IF_ERROR(Check(request, actor, now));
  ASSIGN_OR_RETURN(auto account, RequireAccount(transaction.db(), request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto sources, LoadSources(transaction.db(), account, now));
  // What posts would give counts too, although an administrator's grant, or a missing approval, hides it.
  std::vector<Right> held = sources.grants;
  sources.pending = false;
  sources.grants.clear();
  sources.broken_glass.clear();
  for (Right& one : RightsFrom(std::move(sources))) held.push_back(std::move(one));
  const Right right = principal::FromMessage(request.grant().right());
  RETURN_IF_ERROR(CheckGrant(right, account.county, held));
  GrantRow row{.county = account.county, .account_id = account.id, .grant_id = context.ids.Next(now)};
  row.set_right(right);
  row.end_time = clock::ToTime(request.grant().end_time());
  row.reason = std::string(absl::StripAsciiWhitespace(request.grant().reason()));
  row.author = actor;
  row.create_time = now;
  RETURN_IF_ERROR(InsertGrant(transaction.db(), row));
  PublishGrantPut(transaction, row);
  return MessageOf(row);
}

// The grant of a name, {account}/grants/{id}, among those of the account.
absl::StatusOr<GrantRow> Find(postgres::Connection& db, const v1::EndGrantRequest& request) {
  ASSIGN_OR_RETURN(auto account, RequireAccount(db, request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto grants, LoadGrants(db, account.county, account.id));
  for (GrantRow& one : grants) {
    if (request.grant() == absl::StrCat(AccountOf(one), "/grants/", one.grant_id)) return std::move(one);
  }
  return refusal::NotFound("GRANT_NOT_FOUND", "grant", "the account has no such grant",
                           "该账号没有这项授权，请核对");
}

absl::StatusOr<v1::Grant> EndOne(const Context& context, journal::ShardTransaction& transaction,
                                 const v1::EndGrantRequest& request) {
  ASSIGN_OR_RETURN(auto row, Find(transaction.db(), request));
  const absl::Time now = context.clock.Now();
  if (row.end_time <= now) return MessageOf(row);
  row.end_time = now;
  RETURN_IF_ERROR(SetGrantEnd(transaction.db(), row, now));
  PublishGrantPut(transaction, row);
  return MessageOf(row);
}

}  // namespace

absl::Status CreateGrants(const Context& context, journal::ShardTransaction& transaction,
                          CommandsOf<v1::CreateGrantRequest, v1::Grant> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, CreateOne(context, transaction, *command.request, *command.actor)));
  }
  return absl::OkStatus();
}

absl::Status EndGrants(const Context& context, journal::ShardTransaction& transaction,
                       CommandsOf<v1::EndGrantRequest, v1::Grant> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, EndOne(context, transaction, *command.request)));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListGrantsResponse> ListGrants(postgres::Connection& db,
                                                  const v1::ListGrantsRequest& request) {
  ASSIGN_OR_RETURN(auto account, RequireAccount(db, request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto grants, LoadGrants(db, account.county, account.id));
  v1::ListGrantsResponse response;
  std::vector<std::string> authors;
  for (const GrantRow& one : grants) {
    *response.add_grants() = MessageOf(one);
    authors.push_back(one.author);
  }
  ASSIGN_OR_RETURN(auto names, ActorNames(db, authors));
  for (v1::Grant& grant : *response.mutable_grants()) grant.set_author_name(names[grant.author()]);
  return response;
}

}  // namespace tonghu::access
