// Pairings.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/domain/pairing.h"

namespace tonghu::pairing {

struct PairingRow {
  std::string county, pairing_id, line_id, child_id, helper_id;
  PairingRole role{};
  PairingBasis basis{};
  absl::Time owed_from;  // when its line began
  absl::Time start_time;
  absl::Time end_time = absl::InfinitePast();  // InfinitePast: it lasts
  EndReason end_reason = EndReason::kNone;
  Place place;                              // of the child; only where a function says so
  std::string former_id, former_helper_id;  // the pairing it was handed over from; where a function says so
};

// What a new pairing must be checked against.
struct PairingCheck {
  bool child_known = false;
  bool helper_known = false;
  bool paired = false;        // this child and helper, now
  std::string class_teacher;  // who holds the post of the child's class teacher; empty: nobody
  Place place;
};
absl::StatusOr<std::vector<PairingCheck>> CheckPairings(postgres::Connection& db,
                                                        absl::Span<const PairingRow> wanted);

// A line of a child's pairings of which none lasts.
struct EndedLine {
  std::string line_id;
  absl::Time owed_from;
};
// Of each wanted pairing's child: the lines that ended at `since` or later, the last ended first.
absl::StatusOr<std::vector<std::vector<EndedLine>>> FindEndedLines(postgres::Connection& db,
                                                                   absl::Span<const PairingRow> wanted,
                                                                   absl::Time since);

// Inserts pairings to be planned from `make_time` on.
absl::Status InsertPairings(postgres::Connection& db, int shard, absl::Span<const PairingRow> rows,
                            absl::Time make_time);
// The pairing with its child's place; none when there is no such one.
absl::StatusOr<std::vector<PairingRow>> LoadPairing(postgres::Connection& db, const std::string& county,
                                                    const std::string& pairing_id);
// Stores end_time and end_reason.
absl::Status EndPairings(postgres::Connection& db, absl::Span<const PairingRow> ended);

// Children paired with nobody and the holders of their class teachers' posts, as pairings to be made, with
// the children's places; at most `limit`.
absl::StatusOr<std::vector<PairingRow>> FindToPairByClass(postgres::Connection& db, const std::string& county,
                                                          int limit);
struct ClassCount {
  int paired = 0, ended_on_purpose = 0, without_teacher = 0, to_pair = 0;
};
absl::StatusOr<ClassCount> CountByClass(postgres::Connection& db, const std::string& county);
// Pairings ended for these reasons (EndReason, as stored) leave a child that is not to be
// looked after any more.
const std::vector<int64_t>& OnPurpose();

// Lasting pairings whose helper is the class teacher and which are not with the one who is that now, as
// pairings to be handed over to them: of some children, and of all children of the classes that some posts
// answer for. Without id and times, with the children's places. A pairing that can't follow is left out.
absl::StatusOr<std::vector<PairingRow>> FindToFollow(postgres::Connection& db,
                                                     absl::Span<const postgres::Key> children,
                                                     absl::Span<const postgres::Key> posts);

}  // namespace tonghu::pairing
