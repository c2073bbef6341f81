#include "services/alerts/postgres/policy_rows.h"

#include <google/protobuf/util/json_util.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "services/alerts/postgres/policy_codec.h"

namespace tonghu::alerts {

void PolicySet::Put(const std::string& county, Policy policy) {
  const auto key = std::make_tuple(county, policy.kind, policy.version);
  policies_.insert_or_assign(key, std::move(policy));
}

const Policy& PolicySet::InForce(const std::string& county, Kind kind) const {
  auto after = policies_.upper_bound({county, kind, std::numeric_limits<int>::max()});
  if (after != policies_.begin()) {
    const auto& [key, policy] = *std::prev(after);
    if (std::get<0>(key) == county && policy.kind == kind) return policy;
  }
  return BuiltInPolicy(kind);
}

const Policy* PolicySet::Find(const std::string& county, Kind kind, int version) const {
  if (version == 0) return &BuiltInPolicy(kind);
  const auto found = policies_.find({county, kind, version});
  return found == policies_.end() ? nullptr : &found->second;
}

const Policy& PolicySet::Pinned(const std::string& county, Kind kind, int version) const {
  const Policy* policy = Find(county, kind, version);
  return policy == nullptr ? InForce(county, kind) : *policy;
}

absl::StatusOr<PolicySet> LoadPolicies(postgres::Connection& db, const std::vector<std::string>& counties) {
  auto rows = db.Run(
      "SELECT county, kind, version, doc::text, put_time FROM escalation_policy WHERE county = ANY ($1)",
      postgres::Params().Texts(counties));
  if (!rows.ok()) return rows.status();
  PolicySet book;
  for (int i = 0; i < rows->rows(); ++i) {
    v1::EscalationPolicy message;
    if (!google::protobuf::util::JsonStringToMessage(rows->String(i, 3), &message).ok()) {
      return absl::DataLossError(absl::StrCat("the stored policy of ", rows->String(i, 0), ", kind ",
                                              rows->Int(i, 1), ", version ", rows->Int(i, 2),
                                              " can't be read"));
    }
    Policy policy = FromMessage(message);
    policy.kind = static_cast<Kind>(rows->Int(i, 1));
    policy.version = static_cast<int>(rows->Int(i, 2));
    policy.put_time = rows->Time(i, 4);
    book.Put(rows->String(i, 0), std::move(policy));
  }
  return book;
}

absl::Status InsertPolicies(postgres::Connection& db, const std::vector<PolicyRow>& rows, absl::Time now) {
  std::vector<std::string> counties, docs;
  std::vector<int64_t> kinds, versions;
  for (const PolicyRow& row : rows) {
    std::string doc;
    if (!google::protobuf::util::MessageToJsonString(ToMessage(*row.policy), &doc).ok())
      return absl::InternalError("policy not written");
    counties.push_back(row.county);
    kinds.push_back(static_cast<int64_t>(row.policy->kind));
    versions.push_back(row.policy->version);
    docs.push_back(std::move(doc));
  }
  return db.Defer(
      "INSERT INTO escalation_policy (county, kind, version, doc, put_time) "
      "SELECT n.county, n.kind, n.version, n.doc::jsonb, $5 FROM unnest($1, $2, $3, $4) AS n (county, "
      "kind, version, doc)",
      postgres::Params().Texts(counties).Ints(kinds).Ints(versions).Texts(docs).Time(now));
}

}  // namespace tonghu::alerts
