// Duties: made ahead, judged when due, excused.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

// A duty with what its events need.
struct PlacedDuty {
  std::string county;
  Duty duty;
  Place place;
};

// A pairing whose duties are to be made.
struct PairingToPlan {
  std::string county, pairing_id, child_id, helper_id;
  absl::Time start_time;
  std::string calendar;  // text; empty: the school has none
  TalkPolicy policy;
};
inline constexpr char kPairingsToPlanDue[] =
    "SELECT coalesce((SELECT make_time <= $2 FROM pairing WHERE shard = $1 AND end_time IS NULL ORDER BY "
    "make_time LIMIT 1), false)";
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsToPlan(postgres::Connection& db, int shard,
                                                              absl::Time now, int limit);

struct DutyRow {
  std::string county, duty_id, pairing_id, child_id, helper_id;
  DutyPlan plan;
};
// Rows that are there already stay as they are.
absl::Status InsertDuties(postgres::Connection& db, int shard, absl::Span<const DutyRow> rows);

struct PlannedPairing {
  std::string county, pairing_id;
  absl::Time make_time;
};
absl::Status SetMakeTimes(postgres::Connection& db, absl::Span<const PlannedPairing> planned);

extern const char kDutiesDue[];
struct Judged {
  int count = 0;                   // looked at; 0: none is due
  std::vector<PlacedDuty> missed;  // of them
};
// Judges at most `limit` duties that are due, the longest due first: those still owed are missed.
absl::StatusOr<Judged> JudgeDuties(postgres::Connection& db, int shard, absl::Time now, int limit);

// The duty, or none. `excuse` and the like are read by the queries.
absl::StatusOr<std::vector<PlacedDuty>> LoadDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id);
absl::Status ExcuseDuty(postgres::Connection& db, const std::string& county, const std::string& duty_id,
                        const std::string& excuse);

// Ends what a pairing still owes: duties whose week has begun are excused and given back, later ones are
// taken away.
absl::StatusOr<std::vector<PlacedDuty>> CloseOpenDuties(postgres::Connection& db, const std::string& county,
                                                        const std::string& pairing_id,
                                                        const std::string& excuse, absl::Time now);
// Open duties go from one pairing to another.
absl::Status MoveOpenDuties(postgres::Connection& db, const std::string& county,
                            const std::string& from_pairing, const std::string& to_pairing,
                            const std::string& to_helper);
// Takes away open duties of weeks that have not begun and has them planned anew: of a whole school, or of
// some children.
absl::Status ReplanSchool(postgres::Connection& db, const std::string& county, const std::string& school_id,
                          absl::Time now);
absl::Status ReplanChildren(postgres::Connection& db, absl::Span<const std::string> counties,
                            absl::Span<const std::string> children, absl::Time now);

}  // namespace tonghu::pairing
