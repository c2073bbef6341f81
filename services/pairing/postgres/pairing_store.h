// Pairings, and what is known of children, staff and schools.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

struct PairingRow {
  std::string county, pairing_id, child_id, helper_id;
  int role = 0;
  absl::Time start_time;
  absl::Time end_time = absl::InfinitePast();  // InfinitePast: it lasts
  int end_reason = 0;
  Place place;  // of the child; only where a function says so
};

// What a new pairing must be checked against.
struct PairingCheck {
  bool child_known = false;
  bool helper_known = false;
  bool paired = false;  // this child and helper, now
  Place place;
};
absl::StatusOr<std::vector<PairingCheck>> CheckPairings(postgres::Connection& db,
                                                        absl::Span<const PairingRow> wanted);

// Inserts pairings to be planned from `make_time` on.
absl::Status InsertPairings(postgres::Connection& db, int shard, absl::Span<const PairingRow> rows,
                            absl::Time make_time);
// The pairing with its child's place; none when there is no such one.
absl::StatusOr<std::vector<PairingRow>> LoadPairing(postgres::Connection& db, const std::string& county,
                                                    const std::string& pairing_id);
absl::Status EndPairing(postgres::Connection& db, const PairingRow& ended);

// Projections of the registry's events, arrays of equal length; the last of a key wins.
struct ChildRows {
  std::vector<std::string> counties, ids, schools, townships;
  std::vector<int64_t> grades, classes;
};
absl::Status PutChildren(postgres::Connection& db, const ChildRows& rows);
// Of those children, the ones known with another school.
absl::StatusOr<std::vector<int64_t>> MovedSchool(postgres::Connection& db, const ChildRows& rows);
absl::Status PutStaff(postgres::Connection& db, absl::Span<const std::string> counties,
                      absl::Span<const std::string> ids);
absl::Status PutSchools(postgres::Connection& db, absl::Span<const std::string> counties,
                        absl::Span<const std::string> ids);

}  // namespace tonghu::pairing
