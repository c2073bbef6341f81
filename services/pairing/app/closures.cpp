#include "services/pairing/app/closures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/division/county.h"
#include "libs/division/division.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/follow_closures.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"

namespace tonghu::pairing {
namespace {

constexpr size_t kTownshipDigits = 9;
constexpr int kChildrenAtOnce = 2000;  // a transaction looks at, each with up to a few dozen duties

absl::Status UnknownClosure() {
  return refusal::NotFound("CLOSURE_NOT_FOUND", "name", "no such closure; it may have been withdrawn",
                           "没有该停课记录，可能已经撤销，请刷新后核对");
}

// Reads "520521", "520521101" or "counties/520521/schools/s1". Errors: refusals.
absl::StatusOr<Closed> ParseDivision(const std::string& county, const std::string& text) {
  constexpr char kField[] = "closure.division";
  if (text == county) return Closed();
  if (absl::StartsWith(text, "counties/")) {
    ASSIGN_OR_RETURN(auto school, ids::IdIn(county, text, "schools", kField));
    return Closed{.school_id = std::move(school)};
  }
  const bool is_township = text.size() == kTownshipDigits && absl::StartsWith(text, county);
  if (is_township && division::Divisions::Guizhou().Find(text) == nullptr) {
    return refusal::Invalid("TOWNSHIP_NOT_FOUND", kField, "not the code of a township of this province",
                            "没有这个乡镇代码，请核对九位代码后重新登记停课");
  }
  if (is_township) return Closed{.township_code = text};
  return refusal::Invalid(
      "DIVISION_MALFORMED", kField,
      "division must be a school (counties/520521/schools/{id}), a township of the county "
      "(nine digits) or the county (six digits)",
      "停课范围应为本县的学校、9位乡镇代码或6位县级代码，请重新选择");
}

absl::StatusOr<absl::CivilDay> ParseDay(const std::string& text, std::string_view field) {
  const auto day = calendar::ParseDay(text);
  if (day.ok()) return *day;
  return refusal::Invalid("DATE_MALFORMED", field, "a day is written YYYY-MM-DD, such as 2026-09-01",
                          "停课日期应写作年-月-日，例如 2026-09-01");
}

// Reads a closure, without its id. Errors: refusals.
absl::StatusOr<Closure> Parse(const std::string& county, const v1::Closure& given, absl::CivilDay today) {
  Closure closure{.reason = given.reason()};
  ASSIGN_OR_RETURN(closure.what, ParseDivision(county, given.division()));
  ASSIGN_OR_RETURN(closure.days.first, ParseDay(given.first_day(), "closure.first_day"));
  ASSIGN_OR_RETURN(closure.days.last, ParseDay(given.last_day(), "closure.last_day"));
  RETURN_IF_ERROR(CheckClosure(closure, today));
  return closure;
}

// Refuses a closure that would close nothing: a slip of the month, or of the school.
absl::Status CheckTerms(const Closure& closure, absl::Span<const SchoolTerm> terms) {
  if (terms.empty() && !closure.what.school_id.empty()) return UnknownSchool("closure.division");
  for (const SchoolTerm& one : terms) {
    if (one.term.empty()) continue;
    ASSIGN_OR_RETURN(const auto calendar, ReadStored(one.calendar));
    if (!calendar.SchoolWeeks(closure.days.first, closure.days.last).empty()) return absl::OkStatus();
  }
  return refusal::Precondition(
      "NO_SCHOOL_DAYS", "closure.first_day",
      "by the calendars these are no school days; check the days, or put the calendar",
      "按校历这些天本来不上课，无需停课；请核对日期，或先设置校历");
}

// Says of the schools which of their days are school days now. Alerts learns from the events on which
// mornings a school reports attendance.
absl::Status PublishTerms(journal::ShardTransaction& transaction, const std::string& county,
                          absl::Span<const SchoolTerm> terms) {
  absl::CivilDay since = absl::CivilDay::max();
  std::vector<calendar::SchoolCalendar> calendars;
  for (const SchoolTerm& one : terms) {
    if (one.term.empty()) continue;
    ASSIGN_OR_RETURN(auto calendar, ReadStored(one.calendar));
    since = std::min(since, calendar.terms().front().first);
    calendars.push_back(std::move(calendar));
  }
  if (calendars.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto closures, LoadClosures(transaction.db(), {county}, since));
  size_t next = 0;
  for (const SchoolTerm& one : terms) {
    if (one.term.empty()) continue;
    PublishCalendarPut(transaction, county, one.school_id, one.term, &calendars[next++],
                       ClosuresOf(closures[county], {one.school_id, one.township_code}));
  }
  return absl::OkStatus();
}

v1::Closure MessageOf(const ClosureRow& row) {
  v1::Closure message;
  const auto& [id, what, days, reason] = row.closure;
  message.set_name(ids::NameOf(row.county, "closures", id));
  message.set_division(!what.school_id.empty()       ? ids::NameOf(row.county, "schools", what.school_id)
                       : !what.township_code.empty() ? what.township_code
                                                     : row.county);
  message.set_first_day(absl::FormatCivilTime(days.first));
  message.set_last_day(absl::FormatCivilTime(days.last));
  message.set_reason(reason);
  clock::SetTime(row.create_time, message.mutable_create_time());
  message.set_working(row.working);
  return message;
}

// Announces one closure. Errors: refusals, before anything is written.
absl::StatusOr<v1::Closure> CreateOne(journal::ShardTransaction& transaction, ids::Source& ids,
                                      const CreateClosureCommandHandler::Commands::value_type& command,
                                      int& most) {
  const std::string& county = *command.county;
  ASSIGN_OR_RETURN(auto closure, Parse(county, command.request->closure(), clock::DayOf(transaction.now())));
  ASSIGN_OR_RETURN(const auto terms, LoadSchoolTerms(transaction.db(), county, closure.what, closure.days));
  RETURN_IF_ERROR(CheckTerms(closure, terms));
  ASSIGN_OR_RETURN(const bool closed, IsClosed(transaction.db(), county, closure));
  if (closed) {
    return refusal::Exists("CLOSURE_EXISTS", "closure", "the same days are closed already",
                           "该范围这些天已经登记停课，无需重复登记");
  }
  closure.closure_id = ids.Next(transaction.now());
  ClosureRow row{county, std::move(closure), transaction.now()};
  RETURN_IF_ERROR(InsertClosure(transaction.db(), row));
  RETURN_IF_ERROR(PublishTerms(transaction, county, terms));
  ASSIGN_OR_RETURN(
      const auto followed,
      FollowSome(transaction, {county, row.closure.closure_id, row.closure.what, row.closure.days}, most,
                 row.working));
  v1::Closure message = MessageOf(row);
  message.set_duties_excused(followed.excused);
  return message;
}

absl::StatusOr<v1::DeleteClosureResponse> DeleteOne(journal::ShardTransaction& transaction,
                                                    const v1::DeleteClosureRequest& request, int& most) {
  ASSIGN_OR_RETURN(const auto name, ids::ParseName(request.name(), "closures", "name"));
  ASSIGN_OR_RETURN(const auto taken, TakeClosure(transaction.db(), name.county, name.id));
  if (taken.empty()) return UnknownClosure();
  const Closure& closure = taken.front().closure;
  ASSIGN_OR_RETURN(const auto terms,
                   LoadSchoolTerms(transaction.db(), name.county, closure.what, closure.days));
  RETURN_IF_ERROR(PublishTerms(transaction, name.county, terms));
  bool working = false;
  ASSIGN_OR_RETURN(
      const auto followed,
      FollowSome(transaction, {name.county, name.id, closure.what, closure.days}, most, working));
  v1::DeleteClosureResponse response;
  response.set_duties_owed_again(followed.owed_again);
  response.set_working(working);
  return response;
}

// Works on the oldest closure whose duties do not all follow. Gives how many children were looked at, 1 when
// only the end was reached.
absl::StatusOr<int> FollowLater(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(auto closings, LoadClosing(transaction.db(), transaction.shard()));
  if (closings.empty()) return 0;
  const int most = std::min(limit, kChildrenAtOnce);
  int left = most;
  bool working = false;
  RETURN_IF_ERROR(FollowSome(transaction, std::move(closings.front()), left, working).status());
  return std::max(most - left, 1);
}

}  // namespace

absl::Status CreateClosures::operator()(journal::ShardTransaction& transaction,
                                        CreateClosureCommandHandler::Commands commands) const {
  int most = kChildrenAtOnce;  // of all commands of the batch together; the rest is worked off later
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, CreateOne(transaction, ids_, command, most)));
  }
  return absl::OkStatus();
}

absl::Status DeleteClosures(journal::ShardTransaction& transaction,
                            DeleteClosureCommandHandler::Commands commands) {
  int most = kChildrenAtOnce;
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, DeleteOne(transaction, *command.request, most)));
  }
  return absl::OkStatus();
}

journal::Sweep FollowClosuresLater() { return {"following closures", kNextClosing, FollowLater}; }

absl::StatusOr<v1::Closure> GetClosure(postgres::Connection& db, const ids::Name& name) {
  ASSIGN_OR_RETURN(const auto found, FindClosure(db, name.county, name.id));
  if (found.empty()) return UnknownClosure();
  return MessageOf(found.front());
}

absl::StatusOr<v1::ListClosuresResponse> ListClosures(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListClosuresRequest& request) {
  ASSIGN_OR_RETURN(auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto school, ids::OptionalIdIn(county, request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, scope.Fingerprint()));
  ASSIGN_OR_RETURN(auto rows,
                   ListClosures(db, {std::move(county), std::move(school), page.after, page.size + 1}));
  v1::ListClosuresResponse response;
  response.set_next_page_token(page.Cut(rows, [](const ClosureRow& row) { return row.closure.closure_id; }));
  for (const ClosureRow& row : rows) *response.add_closures() = MessageOf(row);
  return response;
}

}  // namespace tonghu::pairing
