// The counties' own escalation policies. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

// The policies of some counties, in every version. References and pointers that it gives are valid until the
// next Put.
class PolicySet {
 public:
  // Adds a policy; replaces the same version, if there is one.
  void Put(const std::string& county, Policy policy);
  // The county's newest version, or the built-in policy.
  const Policy& InForce(const std::string& county, Kind kind) const;
  // The given version, nullptr when there is none; 0 is the built-in policy.
  const Policy* Find(const std::string& county, Kind kind, int version) const;
  // The version under which an alert was raised; the one in force should that version be gone.
  const Policy& Pinned(const std::string& county, Kind kind, int version) const;

 private:
  std::map<std::tuple<std::string, Kind, int>, Policy> policies_;
};

// Loads the policies of these counties. Errors also: DATA_LOSS for a stored policy that can't be read.
absl::StatusOr<PolicySet> LoadPolicies(postgres::Connection& db, const std::vector<std::string>& counties);

// A version of a county's policy.
struct PolicyRow {
  std::string county;
  Policy policy;
};
// Stores new versions. Errors also: ALREADY_EXISTS for a version that is there.
absl::Status InsertPolicies(postgres::Connection& db, absl::Span<const PolicyRow> rows);

}  // namespace tonghu::alerts
