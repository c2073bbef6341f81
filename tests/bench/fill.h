// Counties full of children, put into the services' tables by SQL: what is measured comes after.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"

namespace tonghu::bench {

// One county a shard.
const std::vector<std::string>& Counties();

// The same for the same county and number; no two counties have one in common.
std::string ChildId(const std::string& county, int number);
std::string ChildName(const std::string& county, int number);
std::string HelperName(const std::string& county);

// Into pairing's tables, for each county: children 0 … `children`-1, each paired with one helper, each with
// an open duty of the week from `monday` that is due two days after it.
absl::Status FillPairing(postgres::Connection& db, int children, absl::Time monday);
// Gives the open duties of children `first` … `first`+`count`-1 of each county new due times: from `from` on,
// one every `step`, by turns of the counties.
struct Trickle {
  int first;
  int count;
  absl::Time from;
  absl::Duration step;
};
absl::Status SetDueTimes(postgres::Connection& db, const Trickle& trickle);
// Opens all duties again, as if nobody had talked with these children.
absl::Status ReopenDuties(postgres::Connection& db);

// Into alerts' tables: what the registry would have said of `county` and its child 1.
absl::Status FillAlerts(postgres::Connection& db, const std::string& county);

}  // namespace tonghu::bench
