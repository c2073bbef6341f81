// Duties: made ahead, judged when due, excused. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// A duty with what its events say besides.
struct PlacedDuty {
  std::string county;
  Duty duty;
  Place place;
};

// A lasting pairing whose duties are to be made.
struct PairingToPlan {
  std::string county, pairing_id, line_id, child_id, helper_id;
  PairingRole role{};
  absl::Time owed_from, start_time;
  Place place;  // of the child
  CareLevel care_level = CareLevel::kGeneral;
  Guardianship guardianship = Guardianship::kUnspecified;
  std::string formerly;  // the child's former standings as ReadStandings takes them
  std::string calendar;  // libs/calendar's text of this school year's terms and later ones; empty: none
};
// When the next pairing of a shard is to be planned (journal::Sweep::next_sql).
inline constexpr char kNextPairingToPlan[] =
    "SELECT make_time FROM pairing WHERE shard = $1 AND end_time IS NULL ORDER BY make_time LIMIT 1";
// Lasting pairings to be planned: those of a shard that are due by `now`; those of a school; those of some
// children; those of a county after the pairing `after`, by id. Terms of school years that are over by `now`
// are left out of `calendar`.
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsToPlan(postgres::Connection& db, int shard,
                                                              absl::Time now, int limit);
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfSchool(postgres::Connection& db,
                                                                const std::string& county,
                                                                const std::string& school_id, absl::Time now);
absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfChildren(postgres::Connection& db,
                                                                  absl::Span<const postgres::Key> children,
                                                                  absl::Time now);

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfCounty(postgres::Connection& db,
                                                                const std::string& county,
                                                                const std::string& after, absl::Time now,
                                                                int limit);

// Inserts duties; those that exist stay as they are. Gives the indexes of those that were made.
absl::StatusOr<std::vector<size_t>> InsertDuties(postgres::Connection& db, int shard,
                                                 absl::Span<const PlacedDuty> duties);
// A duty that was planned and is owed still.
struct PlannedDuty {
  std::string duty_id;
  absl::Time window_start, due_time;
  std::string row;  // where the duty is stored (a ctid), for whoever holds the shard's lock
};
// The duties that these pairings owe of windows that begin after `since`.
absl::StatusOr<std::vector<PlannedDuty>> LoadPlanned(postgres::Connection& db,
                                                     absl::Span<const PairingToPlan> pairings,
                                                     absl::Time since);
absl::Status DeleteDuties(postgres::Connection& db, absl::Span<const PlannedDuty> duties);

struct PlannedPairing {
  std::string county, pairing_id;
  absl::Time make_time;
};
absl::Status SetMakeTimes(postgres::Connection& db, absl::Span<const PlannedPairing> planned);

// When the next duty of a shard is to be judged (journal::Sweep::next_sql).
extern const char kNextDuty[];
struct Judged {
  int count = 0;                   // duties that were judged; 0: none is due
  std::vector<PlacedDuty> missed;  // those among them that were still owed
};
// Judges at most `limit` duties that are due, in the order of their due times. Those still owed are missed,
// each exactly once: the mark moves over them in this transaction (I4).
absl::StatusOr<Judged> JudgeDuties(postgres::Connection& db, int shard, absl::Time now, int limit);

// The duty, or none. Its excuse is read by FindDuty (queries.h).
absl::StatusOr<std::vector<PlacedDuty>> LoadDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id);
absl::Status ExcuseDuty(postgres::Connection& db, const std::string& county, const std::string& duty_id,
                        const std::string& excuse);

// Ends what a pairing owes: open duties whose window lasts are excused and given back, later ones are
// deleted. Duties whose window is over stay owed.
absl::StatusOr<std::vector<PlacedDuty>> CloseOpenDuties(postgres::Connection& db, const std::string& county,
                                                        const std::string& pairing_id,
                                                        const std::string& excuse, absl::Time now);
// A kind of duty that a pairing owes.
struct OwingKind {
  std::string pairing_id;
  DutyKind kind{};
};
// Makes duties that were excused because their pairing ended owed again, by the pairings that continue their
// lines; only those of `owing` kinds whose window is not over. Gives them as they are now.
absl::StatusOr<std::vector<PlacedDuty>> ReopenDuties(postgres::Connection& db,
                                                     absl::Span<const PairingRow> continuing,
                                                     absl::Span<const OwingKind> owing, absl::Time now);
// Brings the places in these children's owed duties up to where the children are now.
absl::Status MovePlaces(postgres::Connection& db, absl::Span<const postgres::Key> children);
// Gives open duties to the pairings to which their lines' former pairings were handed over.
absl::Status MoveOpenDuties(postgres::Connection& db, absl::Span<const PairingRow> continuing);

}  // namespace tonghu::pairing
