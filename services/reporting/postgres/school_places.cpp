#include "services/reporting/postgres/school_places.h"

#include <fmt/core.h>

#include "libs/postgres/keys.h"
#include "libs/status/macros.h"

namespace tonghu::reporting {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);

constexpr char kTownships[] = R"sql(
SELECT DISTINCT ON (county, school_id) county, school_id, township_code FROM weekly_count
WHERE (county, school_id) IN (SELECT county, id FROM {}) ORDER BY county, school_id, monday DESC)sql";

}  // namespace

absl::StatusOr<rpc::Found> SchoolPlaces::Find(const rpc::Sought& sought) {
  rpc::Found found;
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(kAcquire));
  ASSIGN_OR_RETURN(auto rows, connection->Run(fmt::format(kTownships, postgres::kKeys.Unnest("k")),
                                              postgres::kKeys.Arrays(sought.schools)));
  for (int i = 0; i < rows.rows(); ++i) {
    found.schools[{rows.String(i, 0), rows.String(i, 1)}] = {.school_id = rows.String(i, 1),
                                                             .township_code = rows.String(i, 2)};
  }
  return found;
}

}  // namespace tonghu::reporting
