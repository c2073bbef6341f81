#include "services/alerts/postgres/policy_rows.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/alerts/postgres/stored.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

// A policy as stored: its steps and times are in `doc`.
struct StoredPolicy {
  std::string county;
  Policy policy;
  std::string doc;
};
constexpr postgres::Columns kPolicy{Field<&StoredPolicy::county>("county"),
                                    Field<&StoredPolicy::policy, &Policy::kind>("kind"),
                                    Field<&StoredPolicy::policy, &Policy::version>("version"),
                                    Field<&StoredPolicy::doc>("doc", postgres::kBytea),
                                    Field<&StoredPolicy::policy, &Policy::put_time>("put_time")};

}  // namespace

void PolicySet::Put(const std::string& county, Policy policy) {
  const auto key = std::make_tuple(county, policy.kind, policy.version);
  policies_.insert_or_assign(key, std::move(policy));
}

const Policy& PolicySet::InForce(const std::string& county, Kind kind) const {
  // The newest version of a county and kind stands just before this bound.
  auto after = policies_.upper_bound({county, kind, std::numeric_limits<int>::max()});
  if (after != policies_.begin()) {
    const auto& [key, policy] = *std::prev(after);
    if (std::get<0>(key) == county && policy.kind == kind) return policy;
  }
  return BuiltInPolicy(kind);
}

const Policy* PolicySet::Find(const std::string& county, Kind kind, int version) const {
  // Version 0 is the built-in policy.
  if (version == 0) return &BuiltInPolicy(kind);
  const auto found = policies_.find({county, kind, version});
  return found == policies_.end() ? nullptr : &found->second;
}

const Policy& PolicySet::Pinned(const std::string& county, Kind kind, int version) const {
  const Policy* policy = Find(county, kind, version);
  // Versions are never deleted; should one be missing, the alert climbs all the same.
  return policy == nullptr ? InForce(county, kind) : *policy;
}

absl::StatusOr<PolicySet> LoadPolicies(postgres::Connection& db, const std::vector<std::string>& counties) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPolicy.List(), " FROM escalation_policy WHERE county = ANY ($1)");
  ASSIGN_OR_RETURN(auto rows, kPolicy.ReadAll(db.Run(sql, postgres::Params().Texts(counties))));
  PolicySet book;
  for (StoredPolicy& row : rows) {
    // Checked again, as TakeStep relies on a policy that has steps and ends with the province.
    if (!DecodePolicy(row.doc, row.policy) || !CheckPolicy(row.policy).ok()) {
      return absl::DataLossError(absl::StrCat("the stored policy of ", row.county, ", kind ",
                                              static_cast<int>(row.policy.kind), ", version ",
                                              row.policy.version, " can't be read"));
    }
    book.Put(row.county, std::move(row.policy));
  }
  return book;
}

absl::Status InsertPolicies(postgres::Connection& db, absl::Span<const PolicyRow> rows) {
  std::vector<StoredPolicy> stored;
  for (const PolicyRow& row : rows) stored.push_back({row.county, row.policy, EncodePolicy(row.policy)});
  return kPolicy.Insert(db, "escalation_policy", stored);
}

}  // namespace tonghu::alerts
