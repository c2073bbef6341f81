// The commands and queries of accounts. A command decides a batch in the given transaction and sets every
// reply; passwords and keys are in replies only, which are not stored for repeats.
#pragma once

#include "libs/journal/command_executor.h"
#include "libs/journal/service.h"
#include "libs/refusal/refusal.h"
#include "services/access/app/context.h"
#include "services/access/domain/account.h"
#include "tonghu/access/v1/account_service.pb.h"

namespace tonghu::access {

template <class Request, class Reply>
using CommandsOf = typename journal::CommandHandler<Request, Reply>::Commands;

// Makes accounts with first passwords. Refusals: ACCOUNTS_COUNT, ACCOUNT_KIND_MISSING, LOGIN_MALFORMED,
// DISPLAY_NAME_MISSING, STAFF_MEMBER_NOT_FOUND, SUBJECT_MALFORMED, SUBJECT_TAKEN.
absl::Status CreateAccounts(const Context& context, journal::ShardTransaction& transaction,
                            CommandsOf<v1::BatchCreateAccountsRequest, v1::BatchCreateAccountsResponse>);
// Refusals of the others: ACCOUNT_NOT_FOUND; NOT_A_PERSON, NOT_A_PROGRAM.
// Gives accounts that are pending their rights. Refusals: ACCOUNTS_COUNT, ACCOUNT_NOT_FOUND, NAME_MALFORMED.
absl::Status ApproveAccounts(const Context& context, journal::ShardTransaction& transaction,
                             CommandsOf<v1::BatchApproveAccountsRequest, v1::BatchApproveAccountsResponse>);
// Also STAFF_MEMBER_HAS_LEFT, for an account that is to be enabled.
absl::Status SetAccountsDisabled(const Context& context, journal::ShardTransaction& transaction,
                                 CommandsOf<v1::SetAccountDisabledRequest, v1::Account>);
// Also SUBJECT_MALFORMED, SUBJECT_TAKEN.
absl::Status BindAccounts(const Context& context, journal::ShardTransaction& transaction,
                          CommandsOf<v1::SetFederatedSubjectRequest, v1::Account>);
absl::Status ResetAccounts(const Context& context, journal::ShardTransaction& transaction,
                           CommandsOf<v1::ResetAccountRequest, v1::ResetAccountResponse>);
absl::Status CreateApiKeys(const Context& context, journal::ShardTransaction& transaction,
                           CommandsOf<v1::CreateApiKeyRequest, v1::CreateApiKeyResponse>);

absl::StatusOr<v1::Account> GetAccount(const Context& context, const journal::Query& query,
                                       const v1::GetAccountRequest& request);
absl::StatusOr<v1::ListAccountsResponse> ListAccounts(postgres::Connection& db,
                                                      const v1::ListAccountsRequest& request);

// The sessions of an account, and the end of one or all of them.
absl::StatusOr<v1::ListSessionsResponse> ListSessions(const Context& context, const std::string& account);
absl::Status RevokeSession(const Context& context, std::string_view actor, const std::string& account,
                           const std::string& session);

// The account as the API tells it, without rights and secrets.
v1::Account MessageOf(const Account& account);

// The account that a name says. Errors: ACCOUNT_NOT_FOUND, NAME_MALFORMED; the connection's.
absl::StatusOr<Account> RequireAccount(postgres::Connection& db, const std::string& name,
                                       std::string_view field);

// Sets a command's reply. A refusal is the answer to its command alone; any other error undoes the
// transaction.
template <class Command, class Reply>
absl::Status PutReply(const Command& command, absl::StatusOr<Reply> result) {
  if (!result.ok() && !refusal::IsRefusal(result.status())) return result.status();
  *command.reply = std::move(result);
  return absl::OkStatus();
}

}  // namespace tonghu::access
