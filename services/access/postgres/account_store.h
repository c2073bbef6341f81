// Accounts, with their old passwords and recovery codes. Errors of all functions: the connection's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/columns.h"
#include "libs/postgres/keys.h"
#include "services/access/domain/account.h"

namespace tonghu::access {

// The accounts that exist of those asked for.
absl::StatusOr<std::vector<Account>> LoadAccounts(postgres::Connection& db,
                                                  absl::Span<const postgres::Key> names);
absl::StatusOr<std::optional<Account>> LoadAccount(postgres::Connection& db, const postgres::Key& name);
absl::StatusOr<std::optional<Account>> FindAccountByLogin(postgres::Connection& db, const std::string& login);
absl::StatusOr<std::optional<Account>> FindAccountByApiKey(postgres::Connection& db, const std::string& hash);

// The accounts that are bound to these subjects; empty subjects are bound to none.
absl::StatusOr<std::vector<Account>> LoadAccountsBoundTo(postgres::Connection& db,
                                                         absl::Span<const FederatedSubject> subjects);
// The same, and until the transaction's end no other transaction binds these subjects.
absl::StatusOr<std::vector<Account>> HoldSubjects(postgres::Connection& db,
                                                  absl::Span<const FederatedSubject> subjects);

// A county's accounts by login, behind `after`, at most `limit`.
struct AccountPage {
  std::string county, after;
  int limit;
};
absl::StatusOr<std::vector<Account>> ListAccounts(postgres::Connection& db, const AccountPage& page);

// Stores new accounts. Gives the ids of those that were stored: one whose login, staff member or
// subject has an account already, also one of another county, is left out.
absl::StatusOr<std::vector<std::string>> InsertAccounts(postgres::Connection& db,
                                                        absl::Span<const Account> accounts);

// Stores an account over what was there, if its epoch and password are still those of `before`. Gives whether
// they were.
absl::StatusOr<bool> UpdateAccount(postgres::Connection& db, const Account& before, const Account& after);

// Disables the accounts of those of these staff who have left, and raises their epochs. Gives those that were
// not disabled before, as they are now.
absl::StatusOr<std::vector<Account>> DisableAccountsOfLeft(postgres::Connection& db,
                                                           absl::Span<const postgres::Key> staff);
// Whether the staff member has left.
absl::StatusOr<bool> HasLeft(postgres::Connection& db, const postgres::Key& staff);

// Keeps the time of a sign-in by an identity provider. Gives false when the account is disabled, bound to
// another subject, or of another epoch than `account` says.
absl::StatusOr<bool> KeepSignIn(postgres::Connection& db, const Account& account, absl::Time now);

// Takes a one-time code's step, once: gives false when this or a later one was taken before. Confirms the
// factor, and keeps the time of the sign-in.
absl::StatusOr<bool> TakeStep(postgres::Connection& db, const Account& account, int64_t step, absl::Time now);

// The account's passwords before the present one, the newest first, at most `limit`; and one more of them.
absl::StatusOr<std::vector<std::string>> LoadOldPasswords(postgres::Connection& db, const Account& account,
                                                          int limit);
absl::Status AddOldPassword(postgres::Connection& db, const Account& account);

// Replaces the account's recovery codes by these hashes.
absl::Status ReplaceRecoveryCodes(postgres::Connection& db, const Account& account,
                                  const std::vector<std::string>& hashes);
// Uses a recovery code up, and keeps the time of the sign-in. Gives false when there is no such code (any
// more).
absl::StatusOr<bool> TakeRecoveryCode(postgres::Connection& db, const Account& account,
                                      const std::string& hash, absl::Time now);

// The names of staff members that are known.
struct StaffName {
  std::string county, id, display_name;
};
absl::StatusOr<std::vector<StaffName>> LoadStaffNames(postgres::Connection& db,
                                                      absl::Span<const postgres::Key> staff);

}  // namespace tonghu::access
