#include "services/pairing/postgres/whisper_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/epoch_day.h"
#include "libs/directory/directory.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

using clock::EpochDay;
using postgres::Field;
using postgres::kUuid;
using postgres::Params;

constexpr postgres::Columns kStoredBox{
    Field<&WhisperBoxRow::county>("county"),
    Field<&WhisperBoxRow::school_id>("school_id"),
    Field<&WhisperBoxRow::shard>("shard"),
    Field<&WhisperBoxRow::box, &WhisperBox::keeper_id>("keeper_id"),
    Field<&WhisperBoxRow::box, &WhisperBox::weekday>("weekday", postgres::kInt2),
    Field<&WhisperBoxRow::box, &WhisperBox::former_weekday>("former_weekday", postgres::kInt2),
    Field<&WhisperBoxRow::box, &WhisperBox::weekday_from>("weekday_from"),
    Field<&WhisperBoxRow::box, &WhisperBox::answer_days>("answer_days"),
    Field<&WhisperBoxRow::box, &WhisperBox::judged_to>("judged_to"),
    Field<&WhisperBoxRow::due_time>("due_time")};
constexpr size_t kBoxKey = 2;  // county and school
constexpr auto kBox =
    kStoredBox +
    postgres::Columns{Field<&WhisperBoxRow::place, &directory::Place::school_id>("school_place"),
                      Field<&WhisperBoxRow::place, &directory::Place::township_code>("township_code"),
                      Field<&WhisperBoxRow::waiting>("waiting"), Field<&WhisperBoxRow::overdue>("overdue")};

constexpr postgres::Columns kOpening{Field<&OpeningRow::county>("county"),
                                     Field<&OpeningRow::school_id>("school_id"),
                                     Field<&OpeningRow::opening, &Opening::day>("day"),
                                     Field<&OpeningRow::opening, &Opening::state>("state"),
                                     Field<&OpeningRow::opening, &Opening::missed>("missed"),
                                     Field<&OpeningRow::opening, &Opening::open_time>("open_time"),
                                     Field<&OpeningRow::opening, &Opening::report_time>("report_time"),
                                     Field<&OpeningRow::opening, &Opening::letters>("letters"),
                                     Field<&OpeningRow::opening, &Opening::keeper_id>("keeper_id")};
constexpr size_t kOpeningKey = 3;  // county, school and day

constexpr postgres::Columns kShownLetter{Field<&LetterRow::county>("county"),
                                         Field<&LetterRow::letter_id>("letter_id", kUuid),
                                         Field<&LetterRow::shard>("shard"),
                                         Field<&LetterRow::school_id>("school_id"),
                                         Field<&LetterRow::find_time>("find_time"),
                                         Field<&LetterRow::due_time>("due_time"),
                                         Field<&LetterRow::answered_by>("answered_by"),
                                         Field<&LetterRow::answer_time>("answer_time"),
                                         Field<&LetterRow::missed>("missed")};
constexpr auto kLetter =
    kShownLetter + postgres::Columns{Field<&LetterRow::child_id>("child_id", kUuid),
                                     Field<&LetterRow::text>("text"), Field<&LetterRow::mood>("mood"),
                                     Field<&LetterRow::concerns>("concerns", postgres::kInt2),
                                     Field<&LetterRow::answer>("answer")};
constexpr size_t kLetterKey = 2;  // county and id

// A SELECT of boxes `b` with what is read only; the caller adds conditions.
std::string Boxes(const std::string& rest) {
  return absl::StrCat(
      "SELECT ", kBox.List("w."),
      " FROM (SELECT b.*, b.school_id AS school_place, coalesce(s.township_code, '') AS township_code, "
      "l.waiting, l.overdue FROM whisper_box b "
      "LEFT JOIN school s ON s.county = b.county AND s.school_id = b.school_id CROSS JOIN LATERAL ("
      "SELECT count(*)::integer AS waiting, (count(*) FILTER (WHERE t.missed))::integer AS overdue "
      "FROM whisper_letter t WHERE t.county = b.county AND t.school_id = b.school_id "
      "AND t.answer_time IS NULL) l WHERE ",
      rest, ") w");
}

}  // namespace

absl::Status PutBoxes(postgres::Connection& db, absl::Span<const WhisperBoxRow> rows) {
  return kStoredBox.Upsert(db, "whisper_box", kBoxKey, rows);
}

absl::StatusOr<std::vector<WhisperBoxRow>> FindBox(postgres::Connection& db, const std::string& county,
                                                   const std::string& school_id) {
  static const std::string sql = Boxes("b.county = $1 AND b.school_id = $2");
  return kBox.ReadAll(db.Run(sql, Params().Text(county).Text(school_id)));
}

absl::Status DeleteBox(postgres::Connection& db, const std::string& county, const std::string& school_id) {
  return db.Defer("DELETE FROM whisper_box WHERE county = $1 AND school_id = $2",
                  Params().Text(county).Text(school_id));
}

absl::StatusOr<std::vector<WhisperBoxRow>> ListBoxes(postgres::Connection& db, const BoxListing& listing) {
  static const std::string sql = Boxes(
      "b.county = $1 AND b.school_id > $2 AND ($3 = '' OR b.keeper_id = $3) ORDER BY b.school_id LIMIT $4");
  return kBox.ReadAll(db.Run(
      sql, Params().Text(listing.county).Text(listing.after).Text(listing.keeper_id).Int(listing.limit)));
}

absl::StatusOr<std::vector<WhisperBoxRow>> LoadDueBoxes(postgres::Connection& db, int shard, absl::Time now,
                                                        int limit) {
  static const std::string sql = Boxes("b.shard = $1 AND b.due_time <= $2 ORDER BY b.due_time LIMIT $3");
  return kBox.ReadAll(db.Run(sql, Params().Int(shard).Time(now).Int(limit)));
}

absl::StatusOr<bool> IsHeadOf(postgres::Connection& db, const std::string& county,
                              const std::string& school_id, const std::string& staff_id) {
  ASSIGN_OR_RETURN(
      auto rows, db.Run("SELECT EXISTS (SELECT FROM post WHERE county = $1 AND school_id = $2 AND kind = $4 "
                        "AND (holder_id = $3 OR (holder_id = '' AND deputy_id = $3)))",
                        Params().Text(county).Text(school_id).Text(staff_id).Int(
                            static_cast<int>(directory::PostKind::kSchoolHead))));
  return rows.Bool(0, 0);
}

absl::StatusOr<bool> IsStaff(postgres::Connection& db, const std::string& county,
                             const std::string& staff_id) {
  ASSIGN_OR_RETURN(auto rows, db.Run("SELECT EXISTS (SELECT FROM staff WHERE county = $1 AND staff_id = $2)",
                                     Params().Text(county).Text(staff_id)));
  return rows.Bool(0, 0);
}

absl::Status PutOpenings(postgres::Connection& db, absl::Span<const OpeningRow> rows) {
  return kOpening.Upsert(db, "whisper_opening", kOpeningKey, rows);
}

absl::StatusOr<std::map<postgres::Key, std::vector<Opening>>> LoadOpenings(
    postgres::Connection& db, absl::Span<const postgres::Key> boxes, absl::CivilDay since) {
  static const std::string sql =
      absl::StrCat("SELECT ", kOpening.List("o."), " FROM ", postgres::kKeys.Unnest("k", 2),
                   " JOIN whisper_opening o ON o.county = k.county AND o.school_id = k.id AND o.day >= $1");
  ASSIGN_OR_RETURN(
      auto rows, kOpening.ReadAll(db.Run(sql, postgres::kKeys.Arrays(boxes, Params().Int(EpochDay(since))))));
  std::map<postgres::Key, std::vector<Opening>> openings;
  for (OpeningRow& row : rows) openings[{row.county, row.school_id}].push_back(std::move(row.opening));
  return openings;
}

absl::StatusOr<std::vector<OpeningRow>> ListOpenings(postgres::Connection& db, const postgres::Key& box,
                                                     absl::CivilDay before, int limit) {
  static const std::string sql =
      absl::StrCat("SELECT ", kOpening.List(),
                   " FROM whisper_opening WHERE county = $1 AND school_id = $2 AND day < $3 "
                   "ORDER BY day DESC LIMIT $4");
  return kOpening.ReadAll(
      db.Run(sql, Params().Text(box.first).Text(box.second).Int(EpochDay(before)).Int(limit)));
}

absl::Status PutLetters(postgres::Connection& db, absl::Span<const LetterRow> rows) {
  return kLetter.Upsert(db, "whisper_letter", kLetterKey, rows);
}

absl::StatusOr<std::vector<LetterRow>> FindLetter(postgres::Connection& db, const std::string& county,
                                                  const std::string& letter_id) {
  static const std::string sql =
      absl::StrCat("SELECT ", kLetter.List(), " FROM whisper_letter WHERE county = $1 AND letter_id = $2");
  return kLetter.ReadAll(db.Run(sql, Params().Text(county).Uuid(letter_id)));
}

absl::StatusOr<std::vector<LetterRow>> ListLetters(postgres::Connection& db, const LetterListing& listing) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kShownLetter.List(),
      " FROM whisper_letter WHERE county = $1 AND school_id = $2 AND ($3::uuid IS NULL OR letter_id < $3) "
      "AND (NOT $4 OR answer_time IS NULL) ORDER BY letter_id DESC LIMIT $5");
  return kShownLetter.ReadAll(db.Run(sql, Params()
                                              .Text(listing.county)
                                              .Text(listing.school_id)
                                              .Uuid(listing.before)
                                              .Bool(listing.waiting)
                                              .Int(listing.limit)));
}

absl::StatusOr<std::vector<LetterRow>> MissLetters(postgres::Connection& db, int shard, absl::Time now,
                                                   int limit) {
  static const std::string sql = absl::StrCat(
      "UPDATE whisper_letter t SET missed = true FROM (SELECT county, letter_id FROM whisper_letter "
      "WHERE shard = $1 AND answer_time IS NULL AND NOT missed AND due_time <= $2 ORDER BY due_time LIMIT "
      "$3) d "
      "WHERE t.county = d.county AND t.letter_id = d.letter_id RETURNING ",
      kShownLetter.List("t."));
  return kShownLetter.ReadAll(db.Run(sql, Params().Int(shard).Time(now).Int(limit)));
}

absl::StatusOr<directory::ReadModelPlaces::Abouts> FindLetterPlaces(postgres::Connection& db,
                                                                    const rpc::Sought& sought) {
  ASSIGN_OR_RETURN(
      auto rows,
      db.Run("SELECT t.letter_id, t.school_id, coalesce(s.township_code, '') FROM whisper_letter t "
             "LEFT JOIN school s ON s.county = t.county AND s.school_id = t.school_id "
             "WHERE t.county = $1 AND t.letter_id = ANY ($2)",
             Params().Text(sought.county).Uuids(sought.resources)));
  directory::ReadModelPlaces::Abouts abouts;
  for (int i = 0; i < rows.rows(); ++i) {
    abouts[rows.Uuid(i, 0)] = {
        .place = {.school_id = std::string(rows.Text(i, 1)), .township_code = std::string(rows.Text(i, 2))}};
  }
  return abouts;
}

}  // namespace tonghu::pairing
