// Counties' policies for kinds of duty, and the planning that follows when one is put. Errors of all
// functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty_policies.h"

namespace tonghu::pairing {

// All versions of the policies of the counties and of the province.
absl::StatusOr<Policies> LoadPolicies(postgres::Connection& db, absl::Span<const std::string> counties);
// The same for whoever sends the statement with others: its SQL ($1: counties), and the reading of its
// result.
const std::string& PoliciesSql();
absl::StatusOr<Policies> ReadPolicies(const postgres::Result& result);

// Stores a further version of the policy's scope; gives its number, from 1.
absl::StatusOr<int> PutPolicy(postgres::Connection& db, const std::string& county, DutyKind kind,
                              const DutyPolicy& policy);

// A county whose pairings are planned again, in the order of their ids.
struct Replanning {
  std::string county;
  std::string after;  // the last pairing that was planned; empty: none yet
  absl::Time since;   // when the policy was put
  int puts = 0;       // how often a policy was put meanwhile
};
// When a shard's next county is to be planned again (journal::Sweep::next_sql).
inline constexpr char kNextReplanning[] =
    "SELECT since FROM replanning WHERE shard = $1 ORDER BY since, county LIMIT 1";
// Begins to plan a county again from its first pairing, also when the county is being planned again already;
// for kOfProvince each county that has children, of whatever shard.
absl::Status BeginReplanning(postgres::Connection& db, int shard, const std::string& county, absl::Time now);
// The shard's county that has waited longest, or none.
absl::StatusOr<std::vector<Replanning>> LoadReplanning(postgres::Connection& db, int shard);
// Goes on after the pairing `after`; when that is empty, the county is planned. Changes nothing when a policy
// was put since `replanning` was read: the province puts one without the lock of the county's shard.
absl::Status MoveReplanning(postgres::Connection& db, const Replanning& replanning, const std::string& after);

}  // namespace tonghu::pairing
