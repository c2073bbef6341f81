#include "services/pairing/app/whisper_messages.h"

#include <algorithm>
#include <set>
#include <string>

#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/closure_store.h"

namespace tonghu::pairing {
namespace {

constexpr int kAheadDays = 56;       // more than the longest time for an answer, and a holiday behind
constexpr int kShownAheadDays = 28;  // in which the next opening is looked for

// The first opening day from `today` on that is still to come, or none.
absl::CivilDay NextOpening(const WhisperBox& box, absl::Span<const Opening> known,
                           absl::Span<const absl::CivilDay> open, absl::CivilDay today) {
  for (absl::CivilDay day = std::max(today, box.judged_to + 1); day <= today + kShownAheadDays; ++day) {
    const bool done =
        std::any_of(known.begin(), known.end(), [day](const Opening& one) { return one.day == day; });
    if (!done && IsOpeningDay(box, day, open)) return day;
  }
  return absl::CivilDay::min();
}

v1::WhisperLetterState StateOf(const LetterRow& row) {
  if (row.waits()) return row.missed ? v1::WHISPER_LETTER_STATE_MISSED : v1::WHISPER_LETTER_STATE_WAITING;
  return row.answer_time < row.due_time ? v1::WHISPER_LETTER_STATE_ANSWERED
                                        : v1::WHISPER_LETTER_STATE_ANSWERED_LATE;
}

}  // namespace

DayRange AroundDay(absl::CivilDay day) { return {day - kReachDays, day + kAheadDays}; }

absl::StatusOr<std::map<postgres::Key, std::vector<absl::CivilDay>>> OpenDaysOf(
    postgres::Connection& db, absl::Span<const WhisperBoxRow> boxes, DayRange days) {
  std::vector<postgres::Key> schools;
  std::set<std::string> counties;
  for (const WhisperBoxRow& box : boxes) {
    schools.push_back(box.key());
    counties.insert(box.county);
  }
  ASSIGN_OR_RETURN(const auto calendars, LoadCalendarsOf(db, schools, days.first));
  const std::vector<std::string> in(counties.begin(), counties.end());
  ASSIGN_OR_RETURN(auto closures, LoadClosures(db, in, days.first));
  std::map<postgres::Key, std::vector<absl::CivilDay>> open;
  for (const WhisperBoxRow& box : boxes) {
    const auto calendar = calendars.find(box.key());
    if (calendar == calendars.end()) continue;
    const Place school{.school_id = box.school_id, .township_code = box.place.township_code};
    open[box.key()] = OpenDays(calendar->second, days, ClosuresOf(closures[box.county], school));
  }
  return open;
}

v1::WhisperBox MessageOf(const WhisperBoxRow& row, absl::Span<const Opening> known,
                         absl::Span<const absl::CivilDay> open, absl::Time now) {
  v1::WhisperBox message;
  message.set_school(ids::NameOf(row.county, "schools", row.school_id));
  message.set_keeper(ids::NameOf(row.county, "staffMembers", row.box.keeper_id));
  message.set_weekday(static_cast<v1::Weekday>(row.box.weekday));
  message.set_answer_days(row.box.answer_days);
  const absl::CivilDay next = NextOpening(row.box, known, open, clock::DayOf(now));
  if (next != absl::CivilDay::min()) message.set_next_opening_day(absl::FormatCivilTime(next));
  message.set_letters_waiting(row.waiting);
  message.set_letters_overdue(row.overdue);
  return message;
}

v1::WhisperOpening MessageOf(const OpeningRow& row) {
  const Opening& opening = row.opening;
  v1::WhisperOpening message;
  message.set_school(ids::NameOf(row.county, "schools", row.school_id));
  message.set_day(absl::FormatCivilTime(opening.day));
  message.set_state(static_cast<v1::WhisperOpeningState>(opening.state));
  message.set_missed(opening.missed);
  if (opening.state != OpeningState::kMissed) {
    clock::SetTime(opening.open_time, message.mutable_open_time());
    clock::SetTime(opening.report_time, message.mutable_report_time());
  }
  message.set_letters_found(opening.letters);
  message.set_keeper(ids::NameOf(row.county, "staffMembers", opening.keeper_id));
  return message;
}

v1::WhisperLetter MessageOf(const LetterRow& row) {
  v1::WhisperLetter message;
  message.set_name(ids::NameOf(row.county, "whisperLetters", row.letter_id));
  message.set_school(ids::NameOf(row.county, "schools", row.school_id));
  clock::SetTime(row.find_time, message.mutable_find_time());
  clock::SetTime(row.due_time, message.mutable_due_time());
  message.set_state(StateOf(row));
  if (!row.waits()) clock::SetTime(row.answer_time, message.mutable_answer_time());
  message.set_answered_by(ids::NameOf(row.county, "staffMembers", row.answered_by));
  return message;
}

absl::Status WhisperBoxUnknown(std::string_view field) {
  return refusal::NotFound("WHISPER_BOX_NOT_FOUND", field, "the school has no whisper box; put one",
                           "该学校没有设置悄悄话信箱，请先设置");
}

absl::Status WhisperLetterUnknown() {
  return refusal::NotFound("WHISPER_LETTER_NOT_FOUND", "name", "no such letter",
                           "没有这封来信，请刷新后核对");
}

absl::Status WhisperKeptByAnother(std::string_view field) {
  return refusal::Precondition("WHISPER_KEEPER_ANOTHER", field,
                               "somebody else keeps the box; its keeper alone opens it, reads and answers",
                               "该信箱由他人管理，只有现任信箱管理员可以开箱、阅读和回复");
}

}  // namespace tonghu::pairing
