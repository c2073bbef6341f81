// What is missing for children, as it was found. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/coverage.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// A child, and who is paired with it.
struct CoveredChild {
  std::string county, child_id;
  Place place;
  CareLevel care_level = CareLevel::kUnspecified;
  Guardianship guardianship = Guardianship::kUnspecified;
  Roles roles = 0;          // of the lasting pairings with helpers who have not left
  bool on_purpose = false;  // is not to be looked after any more: so said the end of its last pairing
};

// How far a county's children have been looked through, by class.
struct Looking {
  std::string county, school_id;
  int grade = 0, class_number = 0;
  std::string child_id;  // the last one that was looked at; empty: none yet
};
// When a shard's next county is to be looked through (journal::Sweep::next_sql).
inline constexpr char kNextLooking[] =
    "SELECT next_time FROM coverage_look WHERE shard = $1 ORDER BY next_time LIMIT 1";
// Has these counties looked through from now on, those that are not looked through already.
absl::Status BeginLooking(postgres::Connection& db, int shard, absl::Span<const std::string> counties,
                          absl::Time now);
// The shard's county that has waited longest, or none.
absl::StatusOr<std::vector<Looking>> LoadLooking(postgres::Connection& db, int shard, absl::Time now);
// Notes how far a county was looked through; and that it was, and is again from `next_time` on.
absl::Status MoveLooking(postgres::Connection& db, const Looking& looking);
absl::Status EndLooking(postgres::Connection& db, const std::string& county, absl::Time next_time);
// The next children of the county.
absl::StatusOr<std::vector<CoveredChild>> LoadNextChildren(postgres::Connection& db, const Looking& looking,
                                                           int limit);

// When a shard's next gap is to be told (journal::Sweep::next_sql).
inline constexpr char kNextGap[] =
    "SELECT tell_time FROM coverage_gap WHERE shard = $1 ORDER BY tell_time LIMIT 1";
// The children of which a gap is to be told by `now`, of at most `limit` gaps.
absl::StatusOr<std::vector<CoveredChild>> LoadChildrenDue(postgres::Connection& db, int shard, absl::Time now,
                                                          int limit);
// The children of these pairings: all, or those of whom gaps are known.
enum class Which { kAll, kWithGaps };
absl::StatusOr<std::vector<CoveredChild>> LoadPairedChildren(postgres::Connection& db,
                                                             absl::Span<const PairingRow> pairings,
                                                             Which which);

// The children with whom these staff are paired, as far as the staff have left or gaps are known; at most
// `limit`.
absl::StatusOr<std::vector<CoveredChild>> LoadHelpedChildren(postgres::Connection& db,
                                                             absl::Span<const postgres::Key> staff,
                                                             int limit);

// The known gaps of these children; a child without any is left out.
absl::StatusOr<std::map<postgres::Key, KnownGaps>> LoadGaps(postgres::Connection& db,
                                                            absl::Span<const CoveredChild> children);
// A gap of a child.
struct GapRow {
  std::string county, child_id;
  Gap gap = 0;
  int shard = 0;
  KnownGap known;
};
absl::Status StoreGaps(postgres::Connection& db, absl::Span<const GapRow> rows);
absl::Status DeleteGaps(postgres::Connection& db, absl::Span<const GapRow> rows);

// For how many days a county allows a gap, by county; the built-in number for one that has said nothing.
absl::StatusOr<std::map<std::string, int>> LoadMostDays(postgres::Connection& db,
                                                        absl::Span<const std::string> counties);
// Says so, also for what was not told yet.
absl::Status PutMostDays(postgres::Connection& db, const std::string& county, int days);

}  // namespace tonghu::pairing
