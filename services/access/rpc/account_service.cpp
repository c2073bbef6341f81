#include <google/protobuf/empty.pb.h>

#include "libs/ids/references.h"
#include "libs/status/macros.h"
#include "services/access/app/accounts.h"
#include "services/access/app/grants.h"
#include "services/access/rpc/services.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"

namespace tonghu::access {
namespace {

// Binds a use case to its context.
template <class Commands>
auto With(const Context& context,
          absl::Status (*use_case)(const Context&, journal::ShardTransaction&, Commands)) {
  return [&context, use_case](journal::ShardTransaction& transaction, Commands commands) {
    return use_case(context, transaction, commands);
  };
}

// The name of the account that a call is about.
std::string AccountOf(const rpc::Call& call) {
  return ids::NameOf(call.county(), "accounts", call.resource());
}

// Replies that hold a password or a key are not stored for repeats.
constexpr journal::Manner kUnstored{.repeats = journal::Repeats::kOwnRows};

void OfferSessionsOfAccounts(journal::Service& accounts, const Context& context) {
  accounts.Blocking<v1::ListSessionsRequest, v1::ListSessionsResponse>(
      "ListSessions", [&context](const rpc::Call& call, const v1::ListSessionsRequest&) {
        return ListSessions(context, AccountOf(call));
      });
  accounts.Blocking<v1::RevokeSessionRequest, google::protobuf::Empty>(
      "RevokeSession",
      [&context](const rpc::Call& call,
                 const v1::RevokeSessionRequest& request) -> absl::StatusOr<google::protobuf::Empty> {
        RETURN_IF_ERROR(RevokeSession(context, call.caller().actor, AccountOf(call), request.session()));
        return google::protobuf::Empty();
      });
}

}  // namespace

std::unique_ptr<journal::Service> OfferAccounts(journal::Node& node, const Context& context) {
  auto accounts = node.Offer<v1::AccountService>();
  accounts->Command<v1::BatchCreateAccountsRequest, v1::BatchCreateAccountsResponse>(
      "BatchCreateAccounts", With(context, &CreateAccounts), kUnstored);
  accounts->Command<v1::BatchApproveAccountsRequest, v1::BatchApproveAccountsResponse>(
      "BatchApproveAccounts", With(context, &ApproveAccounts));
  accounts->Command<v1::SetAccountDisabledRequest, v1::Account>("SetAccountDisabled",
                                                                With(context, &SetAccountsDisabled));
  accounts->Command<v1::ResetAccountRequest, v1::ResetAccountResponse>(
      "ResetAccount", With(context, &ResetAccounts), kUnstored);
  accounts->Command<v1::SetFederatedSubjectRequest, v1::Account>("SetFederatedSubject",
                                                                 With(context, &BindAccounts));
  accounts->Command<v1::CreateApiKeyRequest, v1::CreateApiKeyResponse>(
      "CreateApiKey", With(context, &CreateApiKeys), kUnstored);
  accounts->Answer<v1::GetAccountRequest, v1::Account>(
      "GetAccount", [&context](const journal::Query& query, const v1::GetAccountRequest& request) {
        return GetAccount(context, query, request);
      });
  accounts->Answer<v1::ListAccountsRequest, v1::ListAccountsResponse>(
      "ListAccounts", [](postgres::Connection& db, const v1::ListAccountsRequest& request) {
        return ListAccounts(db, request);
      });
  OfferSessionsOfAccounts(*accounts, context);
  accounts->Command<v1::CreateGrantRequest, v1::Grant>("CreateGrant", With(context, &CreateGrants));
  accounts->Command<v1::EndGrantRequest, v1::Grant>("EndGrant", With(context, &EndGrants));
  accounts->Answer("ListGrants", ListGrants);
  accounts->Command<v1::BreakGlassRequest, v1::GlassBreaking>("BreakGlass", With(context, &BreakGlass));
  accounts->Answer("ListGlassBreakings", ListGlassBreakings);
  return accounts;
}

}  // namespace tonghu::access
