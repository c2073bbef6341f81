#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/principal/principal.h"
#include "libs/status/macros.h"
#include "services/access/app/accounts.h"
#include "services/access/app/live_session.h"
#include "services/access/domain/refusals.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/rights_store.h"

namespace tonghu::access {

v1::Account MessageOf(const Account& account) {
  v1::Account message;
  message.set_name(account.Name());
  message.set_login(account.login);
  message.set_display_name(account.display_name);
  message.set_kind(static_cast<v1::AccountKind>(account.kind));
  message.set_staff_member(ids::NameOf(account.county, "staffMembers", account.staff_id));
  message.set_disabled(account.disabled);
  message.set_pending(account.pending);
  message.set_second_factor(account.factor_confirmed);
  clock::SetTime(account.create_time, message.mutable_create_time());
  if (!account.federated.empty()) {
    message.mutable_federated_subject()->set_issuer(account.federated.issuer);
    message.mutable_federated_subject()->set_subject(account.federated.subject);
  }
  if (account.sign_in_time != absl::InfinitePast())
    clock::SetTime(account.sign_in_time, message.mutable_last_sign_in_time());
  return message;
}

absl::StatusOr<Account> RequireAccount(postgres::Connection& db, const std::string& name,
                                       std::string_view field) {
  ASSIGN_OR_RETURN(auto parsed, ids::ParseName(name, "accounts", field));
  ASSIGN_OR_RETURN(auto account, LoadAccount(db, {parsed.county, parsed.id}));
  if (!account.has_value()) return UnknownAccount();
  return *std::move(account);
}

absl::StatusOr<v1::Account> GetAccount(const Context& context, const journal::Query& query,
                                       const v1::GetAccountRequest& request) {
  ASSIGN_OR_RETURN(auto account, RequireAccount(query.db, request.name(), "name"));
  ASSIGN_OR_RETURN(auto sources, LoadSources(query.db, account, context.clock.Now()));
  v1::Account message = MessageOf(account);
  for (const Right& right : RightsFrom(std::move(sources)))
    *message.add_rights() = principal::ToMessage(right);
  return message;
}

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(postgres::Connection& db,
                                                      const v1::ListAccountsRequest& request) {
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, ""));
  ASSIGN_OR_RETURN(auto accounts, ListAccounts(db, AccountPage{county, page.after, page.size + 1}));
  v1::ListAccountsResponse response;
  response.set_next_page_token(page.Cut(accounts, [](const Account& one) { return one.login; }));
  for (const Account& account : accounts) *response.add_accounts() = MessageOf(account);
  return response;
}

absl::StatusOr<v1::ListSessionsResponse> ListSessions(const Context& context, const std::string& account) {
  ASSIGN_OR_RETURN(auto listed, context.sessions.Of(account));
  ASSIGN_OR_RETURN(auto connection, Connect(context));
  ASSIGN_OR_RETURN(auto owner, RequireAccount(*connection, account, "parent"));
  ASSIGN_OR_RETURN(auto sources, LoadSources(*connection, owner, context.clock.Now()));
  const std::vector<Right> rights = RightsFrom(std::move(sources));
  v1::ListSessionsResponse response;
  for (SessionStore::Listed& one : listed) {
    LiveSession live{std::move(one.id), std::move(one.session), owner, rights};
    live.state = StateOf(owner, SignInOf(live.stored), context.clock.Now());
    const bool over =
        owner.disabled || live.stored.epoch() != owner.epoch || context.clock.Now() >= live.ExpireTime();
    if (over) continue;
    v1::Session& message = *response.add_sessions() = MessageOf(live);
    message.clear_rights();
    message.clear_permissions();
  }
  return response;
}

}  // namespace tonghu::access
