// Whisper boxes (悄悄话信箱): on which days a box is to be opened, by when a letter is to be answered, and
// what may be recorded (docs/adr/2026-11-27-a-letter-is-its-keepers.md). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/contact.h"

namespace tonghu::pairing {

// A school's box. `weekday`: 1 for Monday to 5 for Friday; it counts for days from `weekday_from` on, and
// `former_weekday` for earlier ones.
struct WhisperBox {
  std::string keeper_id;  // a staff number
  int weekday = 5;
  int former_weekday = 5;
  absl::CivilDay weekday_from;
  int answer_days = 7;
  absl::CivilDay judged_to;  // the last day of which it is decided whether the box was to be opened and was
};

inline constexpr int kUsualWeekday = 5;
inline constexpr int kUsualAnswerDays = 7;
inline constexpr int kMostAnswerDays = 30;
inline constexpr int kMostLetters = 50;                                // found at one opening
inline constexpr int kReachDays = 120;                                 // more than the longest holidays
inline constexpr absl::Duration kOpeningGrace = absl::Hours(24);       // to report an opening
inline constexpr absl::Duration kOldestOpening = absl::Hours(24 * 7);  // that is reported
inline constexpr size_t kLongestLetter = 2000;                         // characters, also of an answer

// Checks what a box is to be: `field` leads to the fields. Errors: WEEKDAY_UNKNOWN, ANSWER_DAYS_OUT_OF_RANGE.
absl::Status CheckWhisperBox(const WhisperBox& box, const std::string& field);

// The box with another weekday from the day after `today` on: no day that has begun follows the new one.
void PutWeekday(WhisperBox& box, int weekday, absl::CivilDay today);

// Whether the box is to be opened on the day: when the day is a school day, and since the school day before
// there has been the box's weekday in a week that has school days. So the next school day counts where the
// weekday is none, and two openings that fall on one day are one. `open`: the days on which the school is
// open, in order, at least from kReachDays before the day to the Sunday after it.
bool IsOpeningDay(const WhisperBox& box, absl::CivilDay day, absl::Span<const absl::CivilDay> open);

// When an opening of the day is missed.
absl::Time OpeningDue(absl::CivilDay day);

// The last day on which a letter found on the day `found` is answered in time: so many days later, or on the
// next day of `open` where that is none. `open`: as known; when it has no later day, the day itself.
absl::CivilDay AnswerDay(absl::CivilDay found, int answer_days, absl::Span<const absl::CivilDay> open);

// How an opening stands. The numbers are stored and those of tonghu.pairing.v1.
enum class OpeningState { kOpened = 1, kOpenedLate = 2, kMissed = 3 };
// The opening of a box on a day.
struct Opening {
  absl::CivilDay day;
  OpeningState state = OpeningState::kMissed;
  bool missed = false;  // it was judged missed, whatever came after
  absl::Time open_time = absl::InfinitePast();
  absl::Time report_time = absl::InfinitePast();
  int letters = 0;
  std::string keeper_id;
};

// What recording that the box was opened makes of its openings.
struct OpeningTurn {
  std::vector<Opening> changed;  // and new ones
  std::vector<Opening> settled;  // those of `changed` that had been missed
  absl::CivilDay day;            // the opening for which it counts, and that has the letters
};
// Decides an opening at `open_time` that is reported at `now`. `known`: the openings that are stored of the
// last kReachDays days. A missed or waiting day is opened late by an opening on a later day, and in time by
// one on the day itself. An opening on a day that needs none is one of its own.
OpeningTurn OpenBox(const WhisperBox& box, absl::Span<const Opening> known,
                    absl::Span<const absl::CivilDay> open, absl::Time open_time, int letters, absl::Time now);

// What judging finds of a box.
struct Judgement {
  std::vector<absl::CivilDay> missed;
  absl::CivilDay judged_to;
};
// Judges the days behind box.judged_to whose OpeningDue has come at `now`, at most `most` days. `known` as
// above.
Judgement JudgeBox(const WhisperBox& box, absl::Span<const Opening> known,
                   absl::Span<const absl::CivilDay> open, absl::Time now, int most);

// Checks when a box is said to have been opened. Errors: OPEN_TIME_IN_FUTURE, OPEN_TIME_TOO_OLD.
absl::Status CheckOpenTime(absl::Time open_time, absl::Time now);

// A letter as it was found.
struct FoundLetter {
  std::string child_id;  // empty: unsigned
  std::string text;
  Mood mood = Mood::kNotSaid;
  std::vector<Concern> concerns;
};
// Errors: LETTER_TEXT_MISSING, LETTER_TEXT_TOO_LONG, MOOD_UNKNOWN, CONCERNS_INVALID. No error holds the text.
absl::Status CheckLetter(const FoundLetter& letter, const std::string& field);

// Errors: ANSWER_MISSING, ANSWER_TOO_LONG. No error holds the answer.
absl::Status CheckAnswer(std::string_view answer);

}  // namespace tonghu::pairing
