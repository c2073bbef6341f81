#include "services/pairing/postgres/policy_store.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

struct PolicyRow {
  std::string county;
  DutyKind kind = DutyKind::kTalk;
  DutyPolicy policy;
  int owed_by = 0;       // a bit for each role
  int fulfilled_by = 0;  // a bit for each kind of contact
};
constexpr postgres::Columns kPolicy{
    Field<&PolicyRow::county>("county"),
    Field<&PolicyRow::kind>("kind"),
    Field<&PolicyRow::policy, &DutyPolicy::scope, &PolicyScope::school_id>("school_id"),
    Field<&PolicyRow::policy, &DutyPolicy::scope, &PolicyScope::care_level>("care_level"),
    Field<&PolicyRow::policy, &DutyPolicy::scope, &PolicyScope::guardianship>("guardianship"),
    Field<&PolicyRow::policy, &DutyPolicy::version>("version"),
    Field<&PolicyRow::policy, &DutyPolicy::withdrawn>("withdrawn"),
    Field<&PolicyRow::policy, &DutyPolicy::effective_from>("effective_from"),
    Field<&PolicyRow::policy, &DutyPolicy::cadence, &Cadence::period>("period"),
    Field<&PolicyRow::policy, &DutyPolicy::cadence, &Cadence::every>("every", postgres::kInt2),
    Field<&PolicyRow::policy, &DutyPolicy::cadence, &Cadence::times>("times", postgres::kInt2),
    Field<&PolicyRow::policy, &DutyPolicy::cadence, &Cadence::festivals>("festivals"),
    Field<&PolicyRow::policy, &DutyPolicy::cadence, &Cadence::days>("days", postgres::kInt2),
    Field<&PolicyRow::owed_by>("owed_by"),
    Field<&PolicyRow::fulfilled_by>("fulfilled_by"),
    Field<&PolicyRow::policy, &DutyPolicy::report_grace>("report_grace_seconds"),
    Field<&PolicyRow::policy, &DutyPolicy::late_report_after>("late_report_after_seconds")};

constexpr postgres::Columns kReplanning{Field<&Replanning::county>("county"),
                                        Field<&Replanning::after>("after", postgres::kUuid),
                                        Field<&Replanning::since>("since"), Field<&Replanning::puts>("puts")};

// A number in which bit n stands for the value n of an enumeration.
template <class Enum>
int BitsOf(const std::vector<Enum>& values) {
  int bits = 0;
  for (const Enum value : values) bits |= 1 << static_cast<int>(value);
  return bits;
}
template <class Enum>
std::vector<Enum> ValuesOf(int bits) {
  std::vector<Enum> values;
  for (int value = 0; bits >> value != 0; ++value) {
    if ((bits >> value & 1) != 0) values.push_back(Enum{value});
  }
  return values;
}

}  // namespace

const std::string& PoliciesSql() {
  static const std::string sql =
      absl::StrCat("SELECT ", kPolicy.List(), " FROM duty_policy WHERE county = ANY(array_append($1, '",
                   kOfProvince, "')) ORDER BY county <> '", kOfProvince, "', version");
  return sql;
}

absl::StatusOr<Policies> ReadPolicies(const postgres::Result& result) {
  ASSIGN_OR_RETURN(auto rows, kPolicy.ReadAll(result));
  Policies policies;
  for (PolicyRow& row : rows) {
    row.policy.owed_by = ValuesOf<PairingRole>(row.owed_by);
    row.policy.fulfilled_by = ValuesOf<ContactKind>(row.fulfilled_by);
    policies.Add(std::move(row.county), row.kind, std::move(row.policy));
  }
  return policies;
}

absl::StatusOr<Policies> LoadPolicies(postgres::Connection& db, absl::Span<const std::string> counties) {
  ASSIGN_OR_RETURN(auto rows, db.Run(PoliciesSql(), postgres::Params().Texts(counties)));
  return ReadPolicies(rows);
}

absl::StatusOr<int> PutPolicy(postgres::Connection& db, const std::string& county, DutyKind kind,
                              const DutyPolicy& policy) {
  // The shard's lock is held, so no other version gets the number.
  ASSIGN_OR_RETURN(auto last,
                   db.Run("SELECT coalesce(max(version), 0) FROM duty_policy WHERE county = $1 AND kind = $2 "
                          "AND school_id = $3 AND care_level = $4 AND guardianship = $5",
                          postgres::Params()
                              .Text(county)
                              .Int(static_cast<int>(kind))
                              .Text(policy.scope.school_id)
                              .Int(static_cast<int>(policy.scope.care_level))
                              .Int(static_cast<int>(policy.scope.guardianship))));
  PolicyRow row{county, kind, policy, BitsOf(policy.owed_by), BitsOf(policy.fulfilled_by)};
  row.policy.version = static_cast<int>(last.Int(0, 0)) + 1;
  absl::Status stored = kPolicy.Insert(db, "duty_policy", {row});
  return stored.ok() ? absl::StatusOr<int>(row.policy.version) : stored;
}

absl::Status BeginReplanning(postgres::Connection& db, int shard, const std::string& county, absl::Time now) {
  // Every county that has children has a row in coverage_look.
  return db.Defer(
      "INSERT INTO replanning (shard, county, since) SELECT $1, $2, $3 WHERE $2 <> $4 UNION ALL "
      "SELECT shard, county, $3 FROM coverage_look WHERE $2 = $4 "
      "ON CONFLICT (county) DO UPDATE SET after = NULL, puts = replanning.puts + 1",
      postgres::Params().Int(shard).Text(county).Time(now).Text(kOfProvince));
}

absl::StatusOr<std::vector<Replanning>> LoadReplanning(postgres::Connection& db, int shard) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kReplanning.List(), " FROM replanning WHERE shard = $1 ORDER BY since, county LIMIT 1");
  return kReplanning.ReadAll(db.Run(sql, postgres::Params().Int(shard)));
}

absl::Status MoveReplanning(postgres::Connection& db, const Replanning& replanning,
                            const std::string& after) {
  const auto of = postgres::Params().Text(replanning.county).Int(replanning.puts);
  if (after.empty()) return db.Defer("DELETE FROM replanning WHERE county = $1 AND puts = $2", of);
  return db.Defer("UPDATE replanning SET after = $3 WHERE county = $1 AND puts = $2",
                  postgres::Params(of).Uuid(after));
}

}  // namespace tonghu::pairing
