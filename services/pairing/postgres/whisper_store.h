// Whisper boxes, their openings and their letters. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/place.h"
#include "libs/directory/places.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/whisper.h"

namespace tonghu::pairing {

// A school's box as it is stored.
struct WhisperBoxRow {
  std::string county, school_id;
  int shard = 0;
  WhisperBox box;
  absl::Time due_time;           // when the day behind box.judged_to is decided
  directory::Place place = {};   // the school's; read only
  int waiting = 0, overdue = 0;  // letters; read only
  postgres::Key key() const { return {county, school_id}; }
};
absl::Status PutBoxes(postgres::Connection& db, absl::Span<const WhisperBoxRow> rows);
// The box, or none.
absl::StatusOr<std::vector<WhisperBoxRow>> FindBox(postgres::Connection& db, const std::string& county,
                                                   const std::string& school_id);
absl::Status DeleteBox(postgres::Connection& db, const std::string& county, const std::string& school_id);
// The boxes of a county behind the school `after`, by school; `keeper_id`: only that keeper's, empty: all.
struct BoxListing {
  std::string county, keeper_id, after;
  int limit = 0;
};
absl::StatusOr<std::vector<WhisperBoxRow>> ListBoxes(postgres::Connection& db, const BoxListing& listing);

// When the next day of a box is decided (journal::Sweep::next_sql).
inline constexpr char kNextWhisperBox[] =
    "SELECT due_time FROM whisper_box WHERE shard = $1 ORDER BY due_time LIMIT 1";
// The boxes of a shard of which a day is to be decided at `now`, the longest due first.
absl::StatusOr<std::vector<WhisperBoxRow>> LoadDueBoxes(postgres::Connection& db, int shard, absl::Time now,
                                                        int limit);

// Whether the staff member holds the post of the school's head, or stands in while nobody does.
absl::StatusOr<bool> IsHeadOf(postgres::Connection& db, const std::string& county,
                              const std::string& school_id, const std::string& staff_id);
// Whether the staff member is known.
absl::StatusOr<bool> IsStaff(postgres::Connection& db, const std::string& county,
                             const std::string& staff_id);

struct OpeningRow {
  std::string county, school_id;
  Opening opening;
};
absl::Status PutOpenings(postgres::Connection& db, absl::Span<const OpeningRow> rows);
// The openings of boxes from the day `since` on, by county and school.
absl::StatusOr<std::map<postgres::Key, std::vector<Opening>>> LoadOpenings(
    postgres::Connection& db, absl::Span<const postgres::Key> boxes, absl::CivilDay since);
// The openings of a box before the day `before`, the latest first.
absl::StatusOr<std::vector<OpeningRow>> ListOpenings(postgres::Connection& db, const postgres::Key& box,
                                                     absl::CivilDay before, int limit);

struct LetterRow {
  std::string county, letter_id;
  int shard = 0;
  std::string school_id, child_id;  // child_id empty: unsigned
  absl::Time find_time, due_time;
  std::string text;
  Mood mood = Mood::kNotSaid;
  int concerns = 0;  // BitsOf
  std::string answer = {}, answered_by = {};
  absl::Time answer_time = absl::InfinitePast();  // InfinitePast: waits
  bool missed = false;

  bool waits() const { return answer_time == absl::InfinitePast(); }
};
// Stores letters over those with the same id.
absl::Status PutLetters(postgres::Connection& db, absl::Span<const LetterRow> rows);
// The letter, or none.
absl::StatusOr<std::vector<LetterRow>> FindLetter(postgres::Connection& db, const std::string& county,
                                                  const std::string& letter_id);
// The letters of a box before the letter `before` (empty: from the latest on), the latest found first.
// Neither text nor answer nor child are read.
struct LetterListing {
  std::string county, school_id, before;
  bool waiting = false;
  int limit = 0;
};
absl::StatusOr<std::vector<LetterRow>> ListLetters(postgres::Connection& db, const LetterListing& listing);

// When the next letter is to be answered (journal::Sweep::next_sql).
inline constexpr char kNextWhisperLetter[] =
    "SELECT due_time FROM whisper_letter WHERE shard = $1 AND answer_time IS NULL AND NOT missed "
    "ORDER BY due_time LIMIT 1";
// Letters that were not answered by `now` become missed; at most `limit`, the longest due first. Gives them.
absl::StatusOr<std::vector<LetterRow>> MissLetters(postgres::Connection& db, int shard, absl::Time now,
                                                   int limit);

// What letters are about, by the ids in `sought.resources`: their school, never a child.
absl::StatusOr<directory::ReadModelPlaces::Abouts> FindLetterPlaces(postgres::Connection& db,
                                                                    const rpc::Sought& sought);

}  // namespace tonghu::pairing
