#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/missing_terms.h"
#include "services/pairing/app/plan_duties.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/closure_store.h"

namespace tonghu::pairing {
namespace {

absl::Status Malformed(std::string_view field, const absl::Status& cause) {
  // The library's sentences are Chinese: which day is wrong, and why.
  return refusal::Invalid("CALENDAR_MALFORMED", field,
                          "the calendar contradicts itself, or a day is not written YYYY-MM-DD",
                          absl::StrCat(cause.message(), "。请改正后重新提交，日期格式为 2026-09-01"));
}

// Reads days. The refusal of a malformed one names its place in the list.
absl::StatusOr<std::vector<absl::CivilDay>> Days(const google::protobuf::RepeatedPtrField<std::string>& given,
                                                 const std::string& field) {
  std::vector<absl::CivilDay> days;
  for (int i = 0; i < given.size(); ++i) {
    auto day = calendar::ParseDay(given[i]);
    if (!day.ok()) return Malformed(absl::StrCat(field, "[", i, "]"), day.status());
    days.push_back(*day);
  }
  return days;
}

// Reads a request into the calendar of one term. Errors: refusals.
absl::StatusOr<TermCalendar> Parse(const v1::SchoolCalendar& given) {
  auto first = calendar::ParseDay(given.first_day());
  if (!first.ok()) return Malformed("calendar.first_day", first.status());
  auto last = calendar::ParseDay(given.last_day());
  if (!last.ok()) return Malformed("calendar.last_day", last.status());
  ASSIGN_OR_RETURN(auto off, Days(given.holidays(), "calendar.holidays"));
  ASSIGN_OR_RETURN(auto makeup, Days(given.makeup_days(), "calendar.makeup_days"));
  // Holidays outside the term are left out: they belong to another term, and a school's terms are read as one
  // calendar.
  std::vector<calendar::Holiday> holidays;
  for (const absl::CivilDay day : off) {
    if (*first <= day && day <= *last) holidays.push_back({day, day});
  }
  auto made = calendar::SchoolCalendar::Make({{*first, *last}}, std::move(holidays), std::move(makeup));
  if (!made.ok()) return Malformed("calendar", made.status());
  if (!given.term().empty() && !ids::IsId(given.term())) {
    return refusal::Invalid("TERM_MALFORMED", "calendar.term",
                            "a term has up to 63 letters, digits, - and _; or leave it out",
                            "学期代号只能用字母、数字、减号和下划线，例如 2026-autumn；也可不填");
  }
  return TermCalendar{given.term().empty() ? TermOf(*first) : given.term(), *std::move(made)};
}

const calendar::Term& TermDays(const TermCalendar& calendar) { return calendar.calendar.terms().front(); }

std::string Span(const calendar::Term& days, const char* to) {
  return absl::StrCat(absl::FormatCivilTime(days.first), to, absl::FormatCivilTime(days.last));
}

bool Overlap(const calendar::Term& a, const calendar::Term& b) {
  return a.first <= b.last && b.first <= a.last;
}

// Checks the calendar against the school's other terms: a slip of the year must neither put a term over
// another one, nor carry a known term off to quite other days.
absl::Status CheckAgainst(const std::vector<TermCalendar>& known, const TermCalendar& put) {
  const calendar::Term& days = put.calendar.terms().front();
  for (const TermCalendar& other : known) {
    const calendar::Term& theirs = other.calendar.terms().front();
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

// The school that a request names, when the registry's events have brought it here. Errors: refusals.
absl::StatusOr<ids::Name> KnownSchool(journal::ShardTransaction& transaction, const std::string& text,
                                      std::string_view field) {
  ASSIGN_OR_RETURN(auto school, ids::ParseName(text, "schools", field));
  ASSIGN_OR_RETURN(auto known, IsSchool(transaction.db(), school));
  if (!known) return UnknownSchool(field);
  return school;
}

// Plans the school's lasting pairings anew, in the calendar's own transaction: nobody sees a calendar without
// its duties.
absl::StatusOr<Replanned> ReplanSchool(journal::ShardTransaction& transaction, const ids::Name& school) {
  ASSIGN_OR_RETURN(auto pairings,
                   LoadPairingsOfSchool(transaction.db(), school.county, school.id, transaction.now()));
  return Replan(transaction, pairings, transaction.now());
}

absl::StatusOr<v1::SchoolCalendar> PutOne(journal::ShardTransaction& transaction,
                                          const v1::PutSchoolCalendarRequest& request) {
  auto calendar = Parse(request.calendar());
  if (!calendar.ok()) return calendar.status();
  ASSIGN_OR_RETURN(auto school, KnownSchool(transaction, request.calendar().school(), "calendar.school"));
  ASSIGN_OR_RETURN(auto known, ReadCalendars(transaction.db(), school));
  RETURN_IF_ERROR(CheckAgainst(known, *calendar));
  RETURN_IF_ERROR(PutCalendar(transaction.db(), school, *calendar));
  ASSIGN_OR_RETURN(auto replanned, ReplanSchool(transaction, school));
  RETURN_IF_ERROR(CheckTerms(transaction, school.county, school.id));
  // Alerts learns from the event on which mornings a school reports attendance.
  ASSIGN_OR_RETURN(const auto closures, LoadClosuresOf(transaction.db(), school, TermDays(*calendar).first));
  PublishCalendarPut(transaction, school.county, school.id, calendar->term, &calendar->calendar, closures);
  v1::SchoolCalendar response = MessageOf(school, *calendar);
  response.set_duties_made(replanned.made);
  response.set_duties_taken_away(replanned.taken_away);
  return response;
}

// Withdraws one calendar. The open duties of its weeks that have not begun are taken away.
absl::StatusOr<v1::DeleteSchoolCalendarResponse> DeleteOne(journal::ShardTransaction& transaction,
                                                           const v1::DeleteSchoolCalendarRequest& request) {
  ASSIGN_OR_RETURN(auto school, KnownSchool(transaction, request.school(), "school"));
  ASSIGN_OR_RETURN(auto deleted, DeleteCalendar(transaction.db(), school, request.term()));
  if (!deleted) return NoCalendar("term");
  ASSIGN_OR_RETURN(auto replanned, ReplanSchool(transaction, school));
  RETURN_IF_ERROR(CheckTerms(transaction, school.county, school.id));
  // Without days: the term is withdrawn.
  PublishCalendarPut(transaction, school.county, school.id, request.term(), nullptr, {});
  v1::DeleteSchoolCalendarResponse response;
  response.set_duties_taken_away(replanned.taken_away);
  return response;
}

}  // namespace

absl::Status PutCalendars(journal::ShardTransaction& transaction,
                          PutCalendarCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, PutOne(transaction, *command.request)));
  }
  return absl::OkStatus();
}

absl::Status DeleteCalendars(journal::ShardTransaction& transaction,
                             DeleteCalendarCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, DeleteOne(transaction, *command.request)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
