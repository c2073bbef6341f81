// What a helper owes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/pairing/postgres/queries.h"

namespace tonghu::pairing {

// A duty with what its helper must know besides.
struct OwedDuty {
  ListedDuty listed;
  Place place;                                     // the child's, now
  absl::Time last_contact = absl::InfinitePast();  // the child's; InfinitePast: never
  int total = 0;                                   // duties in the whole list, the same in every row
};
struct OwedFilter {
  std::string county, helper_id;
  int limit = 0;
  rights::Filter within;  // what the caller may see, by where children are now
};
// Lists what a helper owes at `now`, as DutyService.ListOwedDuties says. Missed duties are listed while the
// pairing lasts: who left can't make up for them. Takes one look into an index a child. Errors: the
// connection's.
absl::StatusOr<std::vector<OwedDuty>> ListOwedDuties(postgres::Connection& db, const OwedFilter& filter,
                                                     absl::Time now);

}  // namespace tonghu::pairing
