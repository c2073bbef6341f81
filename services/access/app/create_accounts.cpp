#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/access/app/accounts.h"
#include "services/access/domain/refusals.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {
namespace {

constexpr int kMostAccounts = 1000;
constexpr int kPasswordGroups = 4;   // 16 characters of almost five bits
constexpr size_t kLongestName = 50;  // characters

// The names of staff members, by staff number.
using Names = std::map<std::string, std::string>;

std::string FieldOf(int i, const char* name) { return absl::StrCat("accounts[", i, "].", name); }

// The names of the staff members for whom accounts are wanted. Errors: refusals for what can't be a name.
absl::StatusOr<Names> StaffOf(postgres::Connection& db, const std::string& county,
                              const v1::BatchCreateAccountsRequest& request) {
  std::vector<postgres::Key> wanted;
  for (int i = 0; i < request.accounts_size(); ++i) {
    ASSIGN_OR_RETURN(auto id, ids::OptionalIdIn(county, request.accounts(i).staff_member(), "staffMembers",
                                                FieldOf(i, "staff_member")));
    if (!id.empty()) wanted.emplace_back(county, std::move(id));
  }
  ASSIGN_OR_RETURN(auto found, LoadStaffNames(db, wanted));
  Names names;
  for (StaffName& one : found) names.emplace(std::move(one.id), std::move(one.display_name));
  return names;
}

absl::Status Check(const Account& account, const v1::Account& given, int i) {
  if (given.kind() != v1::ACCOUNT_KIND_PERSON && given.kind() != v1::ACCOUNT_KIND_PROGRAM)
    return refusal::Invalid("ACCOUNT_KIND_MISSING", FieldOf(i, "kind"), "kind must be person or program",
                            "请选择账号种类：个人或程序");
  if (account.login.empty())
    return refusal::Invalid("LOGIN_MALFORMED", FieldOf(i, "login"),
                            "a login has 3 to 64 letters, digits, hyphens and underscores",
                            "登录名应为3至64位的字母、数字、连字符或下划线");
  if (account.display_name.empty() || refusal::CharactersOf(account.display_name) > kLongestName)
    return refusal::Invalid("DISPLAY_NAME_MISSING", FieldOf(i, "display_name"),
                            "a display name of at most 50 characters is needed",
                            "请填写姓名或程序名称，不超过50个字");
  return absl::OkStatus();
}

// The account number `i` of a request. Errors: refusals.
absl::StatusOr<Account> AccountOf(const std::string& county, const v1::BatchCreateAccountsRequest& request,
                                  int i, const Names& names) {
  const v1::Account& given = request.accounts(i);
  Account account{.county = county,
                  .display_name = std::string(absl::StripAsciiWhitespace(given.display_name())),
                  .kind = static_cast<AccountKind>(given.kind())};
  ASSIGN_OR_RETURN(account.staff_id, ids::OptionalIdIn(county, given.staff_member(), "staffMembers",
                                                       FieldOf(i, "staff_member")));
  if (!account.staff_id.empty()) {
    const auto name = names.find(account.staff_id);
    if (name == names.end()) {
      return refusal::OwnedBy("registry",
                              refusal::NotFound("STAFF_MEMBER_NOT_FOUND", FieldOf(i, "staff_member"),
                                                "no such staff member in this county; register them first",
                                                "本县没有该工作人员，请先登记"));
    }
    if (account.display_name.empty()) account.display_name = name->second;
  }
  account.login =
      LoginOf(given.login().empty() && !account.staff_id.empty() ? absl::StrCat(county, "-", account.staff_id)
                                                                 : given.login());
  RETURN_IF_ERROR(Check(account, given, i));
  account.federated = {given.federated_subject().issuer(), given.federated_subject().subject()};
  if (account.federated.empty()) return account;
  if (account.kind != AccountKind::kPerson) return ProgramNotBound();
  RETURN_IF_ERROR(CheckSubject(account.federated, FieldOf(i, "federated_subject")));
  return account;
}

// Refuses subjects that another account has, one of before or one of the same request. An account of the same
// login is the account itself, made before.
absl::Status CheckFree(postgres::Connection& db, const std::vector<Account>& accounts) {
  std::map<std::pair<std::string, std::string>, std::string> logins;  // by issuer and subject
  std::vector<FederatedSubject> wanted;
  for (const Account& account : accounts) {
    if (!account.federated.empty()) wanted.push_back(account.federated);
  }
  ASSIGN_OR_RETURN(auto bound, HoldSubjects(db, wanted));
  for (const Account& one : bound)
    logins.emplace(std::pair(one.federated.issuer, one.federated.subject), one.login);
  for (size_t i = 0; i < accounts.size(); ++i) {
    const auto& [issuer, subject] = accounts[i].federated;
    if (subject.empty()) continue;
    const auto first = logins.emplace(std::pair(issuer, subject), accounts[i].login).first;
    if (first->second != accounts[i].login)
      return SubjectTaken(FieldOf(static_cast<int>(i), "federated_subject"));
  }
  return absl::OkStatus();
}

// Gives an account its first password, which the slip alone has in clear.
void GiveFirstPassword(const Context& context, Account& account, v1::AccountSlip& slip) {
  slip.set_account(account.Name());
  slip.set_login(account.login);
  slip.set_display_name(account.display_name);
  if (account.kind == AccountKind::kProgram) return;  // a program has keys only
  slip.set_first_password(NewCode(context.random, kPasswordGroups));
  account.password = absl::BytesToHexString(context.vault.HashOf(slip.first_password(), account.Name()));
  account.first_password = true;
  account.password_time = context.clock.Now();
}

absl::StatusOr<v1::BatchCreateAccountsResponse> CreateOne(const Context& context,
                                                          journal::ShardTransaction& transaction,
                                                          const std::string& county,
                                                          const v1::BatchCreateAccountsRequest& request,
                                                          const std::string& actor) {
  if (request.accounts_size() < 1 || request.accounts_size() > kMostAccounts) {
    return refusal::Invalid("ACCOUNTS_COUNT", "accounts", "1 to 1000 accounts are needed",
                            "每批应为1至1000个账号");
  }
  ASSIGN_OR_RETURN(auto names, StaffOf(transaction.db(), county, request));
  std::vector<Account> accounts;
  std::vector<v1::AccountSlip> slips(request.accounts_size());
  for (int i = 0; i < request.accounts_size(); ++i) {
    ASSIGN_OR_RETURN(auto account, AccountOf(county, request, i, names));
    account.create_time = context.clock.Now();
    account.password_time = account.create_time;
    account.id = context.ids.Next(account.create_time);
    account.pending = NeedsSecondPerson(actor);
    GiveFirstPassword(context, account, slips[i]);
    accounts.push_back(std::move(account));
  }
  RETURN_IF_ERROR(CheckFree(transaction.db(), accounts));
  ASSIGN_OR_RETURN(auto stored, InsertAccounts(transaction.db(), accounts));
  const std::set<std::string> made(stored.begin(), stored.end());
  v1::BatchCreateAccountsResponse response;
  for (size_t i = 0; i < accounts.size(); ++i) {
    const Account& account = accounts[i];
    if (made.contains(account.id)) {
      *response.add_slips() = std::move(slips[i]);
      PublishAccountPut(transaction, account, "created");
      if (!account.federated.empty()) PublishAccountPut(transaction, account, "bound");
    } else {
      response.add_existing(account.staff_id.empty() ? account.login
                                                     : ids::NameOf(county, "staffMembers", account.staff_id));
    }
  }
  return response;
}

absl::StatusOr<v1::ResetAccountResponse> ResetOne(const Context& context,
                                                  journal::ShardTransaction& transaction,
                                                  const v1::ResetAccountRequest& request,
                                                  const std::string& actor) {
  ASSIGN_OR_RETURN(auto before, RequireAccount(transaction.db(), request.name(), "name"));
  if (before.kind != AccountKind::kPerson) {
    return refusal::Precondition("NOT_A_PERSON", "name", "a program has no password; make a new API key",
                                 "程序账号没有密码，请重新生成接口密钥");
  }
  Account after = before;
  v1::ResetAccountResponse response;
  GiveFirstPassword(context, after, *response.mutable_slip());
  ++after.epoch;
  if (request.second_factor()) {
    after.factor.clear();
    after.factor_confirmed = false;
    RETURN_IF_ERROR(ReplaceRecoveryCodes(transaction.db(), after, {}));
  }
  // The slip alone lets nobody in whose second factor stands.
  if (!after.factor_confirmed && NeedsSecondPerson(actor)) after.pending = true;
  // A password of the account's own is remembered; one of a slip is random, and never comes again.
  if (!before.first_password) RETURN_IF_ERROR(AddOldPassword(transaction.db(), before));
  ASSIGN_OR_RETURN(auto updated, UpdateAccount(transaction.db(), before, after));
  if (!updated) return absl::AbortedError("the account has changed meanwhile");
  PublishAccountPut(transaction, after, "reset");
  return response;
}

}  // namespace

absl::Status CreateAccounts(
    const Context& context, journal::ShardTransaction& transaction,
    CommandsOf<v1::BatchCreateAccountsRequest, v1::BatchCreateAccountsResponse> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(
        command, CreateOne(context, transaction, *command.county, *command.request, *command.actor)));
  }
  return absl::OkStatus();
}

absl::Status ResetAccounts(const Context& context, journal::ShardTransaction& transaction,
                           CommandsOf<v1::ResetAccountRequest, v1::ResetAccountResponse> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, ResetOne(context, transaction, *command.request, *command.actor)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::access
