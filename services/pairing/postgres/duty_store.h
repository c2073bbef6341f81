// Duties: made ahead, judged when due, excused.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// A duty with what its events need.
struct PlacedDuty {
  std::string county;
  Duty duty;
  Place place;
};

// A lasting pairing whose duties are to be made.
struct PairingToPlan {
  std::string county, pairing_id, line_id, child_id, helper_id;
  absl::Time owed_from, start_time;
  Place place;           // of the child
  std::string calendar;  // text of all terms that are not over; empty: the school has none
};
inline constexpr char kPairingsToPlanDue[] =
    "SELECT coalesce((SELECT make_time <= $2 FROM pairing WHERE shard = $1 AND end_time IS NULL ORDER BY "
    "make_time LIMIT 1), false)";
// Those of a shard that are due to be planned, of a school, of some children.
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsToPlan(postgres::Connection& db, int shard,
                                                              absl::Time now, int limit);
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfSchool(postgres::Connection& db,
                                                                const std::string& county,
                                                                const std::string& school_id, absl::Time now);
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfChildren(postgres::Connection& db,
                                                                  absl::Span<const postgres::Key> children,
                                                                  absl::Time now);

// Those that are there already stay as they are. Gives those that were made, by index.
absl::StatusOr<std::vector<size_t>> InsertDuties(postgres::Connection& db, int shard,
                                                 absl::Span<const PlacedDuty> duties);
// Takes away open duties of those pairings whose window begins after `now`, but for `kept`. Gives how many.
absl::StatusOr<int> TakeAwayLater(postgres::Connection& db, absl::Span<const PairingToPlan> pairings,
                                  absl::Span<const PlacedDuty> kept, absl::Time now);

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

// Ends what a pairing still owes: the open duties whose window lasts are excused and given back, later ones
// are taken away. Those whose window is over stay owed.
absl::StatusOr<std::vector<PlacedDuty>> CloseOpenDuties(postgres::Connection& db, const std::string& county,
                                                        const std::string& pairing_id,
                                                        const std::string& excuse, absl::Time now);
// Duties that were excused because their pairing ended are owed again, by the pairings that continue their
// lines; those whose window is not over. Given as they are now.
absl::StatusOr<std::vector<PlacedDuty>> ReopenDuties(postgres::Connection& db,
                                                     absl::Span<const PairingRow> continuing, absl::Time now);
// What these children's duties that are owed say of their places, as the children stand by now.
absl::Status MovePlaces(postgres::Connection& db, absl::Span<const postgres::Key> children);
// Open duties go along to the pairings that their lines' former ones were handed over to.
absl::Status MoveOpenDuties(postgres::Connection& db, absl::Span<const PairingRow> continuing);

}  // namespace tonghu::pairing
