// Limits of helpers' loads, and the loads. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/pairing/domain/load_limit.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// A limit as stored.
struct LoadLimitRow {
  std::string county, school_id;  // an empty school: the whole county
  PairingRole role{};
  int most = 0;
};
// Sets a limit over what was said for the county, school and role before.
absl::Status PutLoadLimit(postgres::Connection& db, const LoadLimitRow& limit);
// Takes a limit away; false when there was none. Only the key counts.
absl::StatusOr<bool> DeleteLoadLimit(postgres::Connection& db, const LoadLimitRow& limit);
// What the county has put, by school and role.
absl::StatusOr<std::vector<LoadLimitRow>> ListLoadLimits(postgres::Connection& db, const std::string& county);

// For statements: joins `m.most`, the limit that holds for the helper `k` (county, helper_id, role), 0 for
// none; and `s`, the helper's row of staff.
const std::string& LimitSql();

// The loads of the helpers of these pairings, each in the pairing's role. Pairings of roles without a limit
// are not counted.
absl::StatusOr<Loads> LoadLoads(postgres::Connection& db, absl::Span<const PairingRow> wanted);

// A helper's load in a role.
struct HelperLoad {
  std::string helper_id;
  PairingRole role{};
  Load load;
  int64_t total = 0;  // such loads in all, also those beyond a list's limit
};
// Which helpers of a county to list: at most `limit`, who have a child inside `within`.
struct OverloadedListing {
  std::string county;
  int limit = 0;
  rights::Filter within;
};
// Helpers who are paired with more children than they may, those who have most too many first.
absl::StatusOr<std::vector<HelperLoad>> ListOverloaded(postgres::Connection& db,
                                                       const OverloadedListing& listing);

}  // namespace tonghu::pairing
