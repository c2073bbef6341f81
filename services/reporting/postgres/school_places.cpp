#include "services/reporting/postgres/school_places.h"

#include "libs/status/macros.h"

namespace tonghu::reporting {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);

constexpr char kTownships[] = R"sql(
SELECT DISTINCT ON (school_id) school_id, township_code FROM weekly_count
WHERE county = $1 AND school_id = ANY ($2) ORDER BY school_id, monday DESC)sql";

}  // namespace

absl::StatusOr<rpc::Found> SchoolPlaces::Find(const rpc::Sought& sought) {
  rpc::Found found;
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(kAcquire));
  ASSIGN_OR_RETURN(auto rows,
                   connection->Run(kTownships, postgres::Params().Text(sought.county).Texts(sought.schools)));
  for (int i = 0; i < rows.rows(); ++i)
    found.schools[rows.String(i, 0)] = {.school_id = rows.String(i, 0), .township_code = rows.String(i, 1)};
  return found;
}

}  // namespace tonghu::reporting
