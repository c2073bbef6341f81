// Pairings. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/domain/pairing.h"

namespace tonghu::pairing {

// A pairing as stored, with what some functions read besides.
struct PairingRow {
  std::string county, pairing_id, line_id, child_id, helper_id;
  PairingRole role{};
  PairingBasis basis{};
  absl::Time owed_from;  // when the pairing's line began
  absl::Time start_time;
  absl::Time end_time = absl::InfinitePast();  // InfinitePast: the pairing lasts
  EndReason end_reason = EndReason::kNone;
  Place place;                              // of the child; only where a function says so
  std::string former_id, former_helper_id;  // the pairing before the hand-over; only where a function says so
};

// What a new pairing must be checked against.
struct PairingCheck {
  bool child_known = false;
  bool helper_known = false;
  bool paired = false;        // this child and helper, now
  std::string class_teacher;  // the holder of the child's class teacher's post; empty: nobody
  Place place;
};
absl::StatusOr<std::vector<PairingCheck>> CheckPairings(postgres::Connection& db,
                                                        absl::Span<const PairingRow> wanted);

// A line of a child's pairings of which none lasts.
struct EndedLine {
  std::string line_id;
  absl::Time owed_from;
  PairingRole role{};  // of the line's last pairing
};
// For each wanted pairing: its child's lines that ended at `since` or later, the one that ended last first.
absl::StatusOr<std::vector<std::vector<EndedLine>>> FindEndedLines(postgres::Connection& db,
                                                                   absl::Span<const PairingRow> wanted,
                                                                   absl::Time since);

// Inserts pairings whose duties are to be planned from `make_time` on.
absl::Status InsertPairings(postgres::Connection& db, int shard, absl::Span<const PairingRow> rows,
                            absl::Time make_time);
// The pairings with these keys (county and pairing's id), by key, each with its child's place; one that there
// is not is left out.
absl::StatusOr<std::map<postgres::Key, PairingRow>> LoadPairings(postgres::Connection& db,
                                                                 absl::Span<const postgres::Key> names);
// Stores end_time and end_reason of pairings, which are then planned no more.
absl::Status EndPairings(postgres::Connection& db, absl::Span<const PairingRow> ended);

// Finds children who are paired with nobody, and the holders of their class teachers' posts: pairings to be
// made, with the children's places; at most `limit`, by child.
absl::StatusOr<std::vector<PairingRow>> FindToPairByClass(postgres::Connection& db, const std::string& county,
                                                          int limit);
// How many children of a county stand where, each counted once.
struct ClassCount {
  int paired = 0, ended_on_purpose = 0, without_teacher = 0, to_pair = 0;
};
absl::StatusOr<ClassCount> CountByClass(postgres::Connection& db, const std::string& county);
// The reasons (EndReason, as stored) for which a pairing ends because the child is no longer to be looked
// after.
const std::vector<int64_t>& OnPurpose();

// Finds lasting pairings that follow the class teacher but are not with the present one: of the given
// children, and of all children of the classes for which the given posts answer. Gives the pairings to which
// they are to be handed over, without id and times, with the children's places. A pairing that can't follow
// is left out.
absl::StatusOr<std::vector<PairingRow>> FindToFollow(postgres::Connection& db,
                                                     absl::Span<const postgres::Key> children,
                                                     absl::Span<const postgres::Key> posts);

}  // namespace tonghu::pairing
