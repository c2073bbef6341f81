#include "services/pairing/domain/whisper.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool HasDay(absl::Span<const absl::CivilDay> days, absl::CivilDay from, absl::CivilDay to) {
  const auto first = std::lower_bound(days.begin(), days.end(), from);
  return first != days.end() && *first <= to;
}

const Opening* FindOpening(absl::Span<const Opening> known, absl::CivilDay day) {
  const auto found =
      std::find_if(known.begin(), known.end(), [day](const Opening& one) { return one.day == day; });
  return found == known.end() ? nullptr : &*found;
}

}  // namespace

absl::Status CheckWhisperBox(const WhisperBox& box, const std::string& field) {
  if (box.weekday < 1 || box.weekday > 5) {
    return refusal::Invalid("WEEKDAY_UNKNOWN", absl::StrCat(field, "weekday"),
                            "the weekday is Monday to Friday", "请选择星期一至星期五中的一天作为开箱日");
  }
  if (box.answer_days < 1 || box.answer_days > kMostAnswerDays) {
    return refusal::Invalid("ANSWER_DAYS_OUT_OF_RANGE", absl::StrCat(field, "answer_days"),
                            "a letter is answered within 1 to 30 days", "回复期限应为1至30天");
  }
  return absl::OkStatus();
}

void PutWeekday(WhisperBox& box, int weekday, absl::CivilDay today) {
  if (weekday == box.weekday) return;
  // A second change on one day takes the place of the first, which never counted.
  if (box.weekday_from <= today) box.former_weekday = box.weekday;
  box.weekday = weekday;
  box.weekday_from = today + 1;
}

bool IsOpeningDay(const WhisperBox& box, absl::CivilDay day, absl::Span<const absl::CivilDay> open) {
  const auto here = std::lower_bound(open.begin(), open.end(), day);
  if (here == open.end() || *here != day) return false;
  const int weekday = day < box.weekday_from ? box.former_weekday : box.weekday;
  const absl::CivilDay before =
      here == open.begin() ? calendar::MondayOf(day) - 1 : std::max(*(here - 1), day - kReachDays);
  // From the day's own week back: the first weekday at or before the day.
  absl::CivilDay monday = calendar::MondayOf(day);
  if (monday + (weekday - 1) > day) monday -= 7;
  for (; monday + (weekday - 1) > before; monday -= 7) {
    if (HasDay(open, monday, monday + 6)) return true;
  }
  return false;
}

absl::Time OpeningDue(absl::CivilDay day) { return clock::StartOf(day + 1) + kOpeningGrace; }

absl::CivilDay AnswerDay(absl::CivilDay found, int answer_days, absl::Span<const absl::CivilDay> open) {
  const absl::CivilDay day = found + answer_days;
  const auto next = std::lower_bound(open.begin(), open.end(), day);
  return next == open.end() ? day : *next;
}

OpeningTurn OpenBox(const WhisperBox& box, absl::Span<const Opening> known,
                    absl::Span<const absl::CivilDay> open, absl::Time open_time, int letters,
                    absl::Time now) {
  OpeningTurn turn;
  const absl::CivilDay today = clock::DayOf(open_time);
  const auto opened = [&](Opening opening, bool late) {
    opening.state = late ? OpeningState::kOpenedLate : OpeningState::kOpened;
    opening.open_time = open_time;
    opening.report_time = now;
    opening.keeper_id = box.keeper_id;
    if (opening.missed) turn.settled.push_back(opening);
    turn.changed.push_back(std::move(opening));
  };
  for (const Opening& one : known) {
    if (one.state == OpeningState::kMissed && one.day <= today) opened(one, one.day < today);
  }
  // Days of which nothing is decided yet.
  for (absl::CivilDay day = std::max(box.judged_to + 1, today - kReachDays); day < today; ++day) {
    if (FindOpening(known, day) == nullptr && IsOpeningDay(box, day, open)) opened({.day = day}, true);
  }
  const Opening* same_day = FindOpening(known, today);
  const bool counted = same_day != nullptr && same_day->state == OpeningState::kMissed;
  if (same_day != nullptr && !counted) {
    turn.changed.push_back(*same_day);  // opened once more on one day: only the letters are added
  } else if (!counted && (turn.changed.empty() || IsOpeningDay(box, today, open))) {
    opened({.day = today}, false);
  }
  const auto last = std::max_element(turn.changed.begin(), turn.changed.end(),
                                     [](const Opening& a, const Opening& b) { return a.day < b.day; });
  last->letters += letters;
  turn.day = last->day;
  return turn;
}

Judgement JudgeBox(const WhisperBox& box, absl::Span<const Opening> known,
                   absl::Span<const absl::CivilDay> open, absl::Time now, int most) {
  Judgement judgement{.judged_to = box.judged_to};
  for (; most > 0 && OpeningDue(judgement.judged_to + 1) <= now; --most) {
    const absl::CivilDay day = ++judgement.judged_to;
    if (FindOpening(known, day) == nullptr && IsOpeningDay(box, day, open)) judgement.missed.push_back(day);
  }
  return judgement;
}

absl::Status CheckOpenTime(absl::Time open_time, absl::Time now) {
  if (open_time > now + kClockTolerance) {
    return refusal::Invalid("OPEN_TIME_IN_FUTURE", "open_time", "a box can't have been opened in the future",
                            "开箱时间不能晚于当前时间，请核对日期");
  }
  if (open_time < now - kOldestOpening) {
    return refusal::Invalid("OPEN_TIME_TOO_OLD", "open_time", "an opening can be recorded for 7 days",
                            "只能补录7天以内的开箱，请核对日期；更早的请按今天开箱登记");
  }
  return absl::OkStatus();
}

absl::Status CheckLetter(const FoundLetter& letter, const std::string& field) {
  if (IsBlank(letter.text)) {
    return refusal::Invalid("LETTER_TEXT_MISSING", absl::StrCat(field, "text"),
                            "a letter has its text or a summary of it", "请填写来信内容或摘要");
  }
  if (refusal::CharactersOf(letter.text) > kLongestLetter) {
    return refusal::Invalid("LETTER_TEXT_TOO_LONG", absl::StrCat(field, "text"),
                            "a letter has at most 2000 characters; summarize it",
                            "来信内容不能超过2000字，请填写摘要");
  }
  return CheckMarks(letter.mood, letter.concerns, field);
}

absl::Status CheckAnswer(std::string_view answer) {
  if (IsBlank(answer)) {
    return refusal::Invalid("ANSWER_MISSING", "answer", "what was done must be given",
                            "请填写如何回复、做了哪些事");
  }
  if (refusal::CharactersOf(answer) > kLongestLetter) {
    return refusal::Invalid("ANSWER_TOO_LONG", "answer", "an answer has at most 2000 characters",
                            "回复内容不能超过2000字，请精简");
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
