#include "services/pairing/domain/term_calendar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

std::string Span(const calendar::Term& days, const char* to) {
  return absl::StrCat(absl::FormatCivilTime(days.first), to, absl::FormatCivilTime(days.last));
}

bool Overlap(const calendar::Term& a, const calendar::Term& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

const calendar::Term& TermDays(const TermCalendar& calendar) { return calendar.calendar.terms().front(); }

std::vector<TermCalendar> Beside(absl::Span<const TermCalendar> own, absl::Span<const TermCalendar> general) {
  std::vector<TermCalendar> beside;
  for (const TermCalendar& one : general) {
    if (std::none_of(own.begin(), own.end(), [&one](const TermCalendar& other) {
          return other.term == one.term || Overlap(TermDays(other), TermDays(one));
        }))
      beside.push_back(one);
  }
  return beside;
}

absl::Status CheckAgainst(absl::Span<const TermCalendar> known, const TermCalendar& put) {
  const calendar::Term& days = TermDays(put);
  for (const TermCalendar& other : known) {
    const calendar::Term& theirs = TermDays(other);
    if (other.term == put.term && !Overlap(days, theirs)) {
      return refusal::Precondition(
          "TERM_MOVED", "calendar.term",
          absl::StrCat("term ", put.term, " is ", Span(theirs, " to "), ", which has no day of ",
                       Span(days, " to "), "; delete it first, or give another term"),
          absl::StrCat("学期 ", put.term, " 原为 ", Span(theirs, "至"),
                       "，与新日期没有重合；确需更换请先删除该学期校历，否则请填写另一学期代号"));
    }
    if (other.term != put.term && Overlap(days, theirs)) {
      return refusal::Precondition("TERMS_OVERLAP", "calendar.first_day",
                                   absl::StrCat("it has days of term ", other.term, ", ",
                                                Span(theirs, " to "), "; correct that one, or delete it"),
                                   absl::StrCat("与学期 ", other.term, "（", Span(theirs, "至"),
                                                "）的日期重叠；请核对日期，或先更正、删除该学期校历"));
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
