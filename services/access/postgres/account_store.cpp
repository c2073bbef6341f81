#include "services/access/postgres/account_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::access {
namespace {

using postgres::Field;
using postgres::kBytea;
using postgres::kUuid;
using postgres::Params;

constexpr size_t kKeyColumns = 2;  // county and id

constexpr postgres::Columns kAccount{Field<&Account::county>("county"),
                                     Field<&Account::id>("account_id", kUuid),
                                     Field<&Account::login>("login"),
                                     Field<&Account::display_name>("display_name"),
                                     Field<&Account::kind>("kind"),
                                     Field<&Account::staff_id>("staff_id"),
                                     Field<&Account::disabled>("disabled"),
                                     Field<&Account::epoch>("epoch"),
                                     Field<&Account::password>("password"),
                                     Field<&Account::first_password>("first_password"),
                                     Field<&Account::password_time>("password_time"),
                                     Field<&Account::factor>("factor", kBytea),
                                     Field<&Account::factor_confirmed>("factor_confirmed"),
                                     Field<&Account::last_step>("last_step"),
                                     Field<&Account::api_key>("api_key", kBytea),
                                     Field<&Account::create_time>("create_time"),
                                     Field<&Account::sign_in_time>("sign_in_time"),
                                     Field<&Account::pending>("pending"),
                                     Field<&Account::federated, &FederatedSubject::issuer>("issuer"),
                                     Field<&Account::federated, &FederatedSubject::subject>("subject")};

constexpr postgres::Columns kSubject{Field<&FederatedSubject::issuer>("issuer"),
                                     Field<&FederatedSubject::subject>("subject")};

constexpr postgres::Columns kStaffName{Field<&StaffName::county>("s.county"),
                                       Field<&StaffName::id>("s.staff_id"),
                                       Field<&StaffName::display_name>("s.display_name")};

absl::StatusOr<std::optional<Account>> One(absl::StatusOr<std::vector<Account>> found) {
  if (!found.ok()) return found.status();
  if (found->empty()) return std::optional<Account>();
  return std::optional<Account>(std::move(found->front()));
}

Params KeyOf(const Account& account) { return Params().Text(account.county).Uuid(account.id); }

// A statement that selects the account's columns where `condition` holds.
std::string Select(const char* condition) {
  return absl::StrCat("SELECT ", kAccount.List(), " FROM account WHERE ", condition);
}

}  // namespace

absl::StatusOr<std::vector<Account>> LoadAccounts(postgres::Connection& db,
                                                  absl::Span<const postgres::Key> names) {
  static const std::string sql =
      absl::StrCat("SELECT ", kAccount.List("a."), " FROM ", postgres::kUuidKeys.Unnest("k"),
                   " JOIN account a ON a.county = k.county AND a.account_id = k.id");
  if (names.empty()) return std::vector<Account>();
  return kAccount.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(names)));
}

absl::StatusOr<std::optional<Account>> LoadAccount(postgres::Connection& db, const postgres::Key& name) {
  return One(LoadAccounts(db, {&name, 1}));
}

absl::StatusOr<std::optional<Account>> FindAccountByLogin(postgres::Connection& db,
                                                          const std::string& login) {
  static const std::string sql = Select("login = $1");
  return One(kAccount.ReadAll(db.Run(sql, Params().Text(login))));
}

absl::StatusOr<std::optional<Account>> FindAccountByApiKey(postgres::Connection& db,
                                                           const std::string& hash) {
  static const std::string sql = Select("api_key = $1 AND api_key <> ''");
  return One(kAccount.ReadAll(db.Run(sql, Params().Bytes(hash))));
}

absl::StatusOr<std::vector<Account>> LoadAccountsBoundTo(postgres::Connection& db,
                                                         absl::Span<const FederatedSubject> subjects) {
  static const std::string sql =
      absl::StrCat("SELECT ", kAccount.List("a."), " FROM ", kSubject.Unnest("k"),
                   " JOIN account a ON a.issuer = k.issuer AND a.subject = k.subject AND a.subject <> ''");
  if (subjects.empty()) return std::vector<Account>();
  return kAccount.ReadAll(db.Run(sql, kSubject.Arrays(subjects)));
}

absl::StatusOr<std::vector<Account>> HoldSubjects(postgres::Connection& db,
                                                  absl::Span<const FederatedSubject> subjects) {
  // In one order, so that two transactions don't wait for each other.
  static const std::string sql = absl::StrCat(
      "SELECT count(pg_advisory_xact_lock(h)) FROM (SELECT DISTINCT hashtextextended(issuer || ' ' || "
      "subject, 0) AS h FROM ",
      kSubject.Unnest("k"), " ORDER BY h) AS hashes");
  if (subjects.empty()) return std::vector<Account>();
  RETURN_IF_ERROR(db.Run(sql, kSubject.Arrays(subjects)).status());
  // A statement of its own: one that began before the lock was had would not see what was bound meanwhile.
  return LoadAccountsBoundTo(db, subjects);
}

absl::StatusOr<std::vector<Account>> ListAccounts(postgres::Connection& db, const AccountPage& page) {
  static const std::string sql = Select("county = $1 AND login > $2 ORDER BY login LIMIT $3");
  return kAccount.ReadAll(db.Run(sql, Params().Text(page.county).Text(page.after).Int(page.limit)));
}

absl::StatusOr<std::vector<std::string>> InsertAccounts(postgres::Connection& db,
                                                        absl::Span<const Account> accounts) {
  static const std::string sql =
      absl::StrCat("INSERT INTO account (", kAccount.List(), ") SELECT * FROM ", kAccount.Unnest("k"),
                   " ON CONFLICT DO NOTHING RETURNING account_id");
  std::vector<std::string> stored;
  if (accounts.empty()) return stored;
  ASSIGN_OR_RETURN(auto rows, db.Run(sql, kAccount.Arrays(accounts)));
  for (int i = 0; i < rows.rows(); ++i) stored.push_back(rows.Uuid(i, 0));
  return stored;
}

absl::StatusOr<bool> UpdateAccount(postgres::Connection& db, const Account& before, const Account& after) {
  static const std::string sql = absl::StrCat(
      "UPDATE account a SET ", kAccount.Assignments("k.", kKeyColumns), " FROM ", kAccount.Unnest("k", 3),
      " WHERE a.county = k.county AND a.account_id = k.account_id AND a.epoch = $1 AND a.password = $2");
  ASSIGN_OR_RETURN(
      auto result,
      db.Run(sql, kAccount.Arrays({&after, 1}, Params().Int(before.epoch).Text(before.password))));
  return result.affected() == 1;
}

absl::StatusOr<std::vector<Account>> DisableAccountsOfLeft(postgres::Connection& db,
                                                           absl::Span<const postgres::Key> staff) {
  static const std::string sql = absl::StrCat(
      "UPDATE account a SET disabled = true, epoch = a.epoch + 1 FROM ", postgres::kKeys.Unnest("k"),
      " JOIN left_staff f ON f.county = k.county AND f.staff_id = k.id WHERE a.county = k.county "
      "AND a.staff_id = k.id AND a.staff_id <> '' AND NOT a.disabled RETURNING ",
      kAccount.List("a."));
  if (staff.empty()) return std::vector<Account>();
  return kAccount.ReadAll(db.Run(sql, postgres::kKeys.Arrays(staff)));
}

absl::StatusOr<bool> HasLeft(postgres::Connection& db, const postgres::Key& staff) {
  ASSIGN_OR_RETURN(auto rows,
                   db.Run("SELECT EXISTS (SELECT FROM left_staff WHERE county = $1 AND staff_id = $2)",
                          Params().Text(staff.first).Text(staff.second)));
  return rows.Bool(0, 0);
}

absl::StatusOr<bool> KeepSignIn(postgres::Connection& db, const Account& account, absl::Time now) {
  ASSIGN_OR_RETURN(auto result,
                   db.Run("UPDATE account SET sign_in_time = $3 WHERE county = $1 AND account_id = $2 "
                          "AND epoch = $4 AND NOT disabled AND issuer = $5 AND subject = $6",
                          KeyOf(account)
                              .Time(now)
                              .Int(account.epoch)
                              .Text(account.federated.issuer)
                              .Text(account.federated.subject)));
  return result.affected() == 1;
}

absl::StatusOr<bool> TakeStep(postgres::Connection& db, const Account& account, int64_t step,
                              absl::Time now) {
  ASSIGN_OR_RETURN(auto result,
                   db.Run("UPDATE account SET last_step = $3, factor_confirmed = true, sign_in_time = $4 "
                          "WHERE county = $1 AND account_id = $2 AND last_step < $3 AND epoch = $5 "
                          "AND factor = $6",
                          KeyOf(account).Int(step).Time(now).Int(account.epoch).Bytes(account.factor)));
  return result.affected() == 1;
}

absl::StatusOr<std::vector<std::string>> LoadOldPasswords(postgres::Connection& db, const Account& account,
                                                          int limit) {
  ASSIGN_OR_RETURN(auto rows,
                   db.Run("SELECT password FROM old_password WHERE county = $1 AND account_id = $2 "
                          "ORDER BY password_time DESC LIMIT $3",
                          KeyOf(account).Int(limit)));
  std::vector<std::string> passwords;
  for (int i = 0; i < rows.rows(); ++i) passwords.push_back(rows.String(i, 0));
  return passwords;
}

absl::Status AddOldPassword(postgres::Connection& db, const Account& account) {
  return db.Defer("INSERT INTO old_password VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                  KeyOf(account).Time(account.password_time).Text(account.password));
}

absl::Status ReplaceRecoveryCodes(postgres::Connection& db, const Account& account,
                                  const std::vector<std::string>& hashes) {
  RETURN_IF_ERROR(
      db.Defer("DELETE FROM recovery_code WHERE county = $1 AND account_id = $2", KeyOf(account)));
  for (const std::string& hash : hashes) {
    RETURN_IF_ERROR(db.Defer("INSERT INTO recovery_code VALUES ($1, $2, $3)", KeyOf(account).Bytes(hash)));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> TakeRecoveryCode(postgres::Connection& db, const Account& account,
                                      const std::string& hash, absl::Time now) {
  ASSIGN_OR_RETURN(
      auto result,
      db.Run("WITH taken AS (DELETE FROM recovery_code WHERE county = $1 AND account_id = $2 "
             "AND code = $3 RETURNING county, account_id) UPDATE account a SET sign_in_time = $4 "
             "FROM taken t WHERE a.county = t.county AND a.account_id = t.account_id "
             "AND a.factor_confirmed AND a.epoch = $5",
             KeyOf(account).Bytes(hash).Time(now).Int(account.epoch)));
  return result.affected() == 1;
}

absl::StatusOr<std::vector<StaffName>> LoadStaffNames(postgres::Connection& db,
                                                      absl::Span<const postgres::Key> staff) {
  static const std::string sql =
      absl::StrCat("SELECT ", kStaffName.List(), " FROM ", postgres::kKeys.Unnest("k"),
                   " JOIN staff s ON s.county = k.county AND s.staff_id = k.id");
  if (staff.empty()) return std::vector<StaffName>();
  return kStaffName.ReadAll(db.Run(sql, postgres::kKeys.Arrays(staff)));
}

}  // namespace tonghu::access
