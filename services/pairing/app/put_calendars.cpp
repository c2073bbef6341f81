#include <algorithm>
#include <string>
#include <vector>

#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/calendar_draft.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/follow_calendars.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/domain/duty_policies.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"

namespace tonghu::pairing {
namespace {

std::vector<TermCalendar> Own(const std::vector<TermCalendar>& known) {
  std::vector<TermCalendar> own;
  for (const TermCalendar& one : known)
    if (one.origin == CalendarOrigin::kSchool) own.push_back(one);
  return own;
}

const TermCalendar* Find(const std::vector<TermCalendar>& known, std::string_view term) {
  const auto found =
      std::find_if(known.begin(), known.end(), [term](const TermCalendar& one) { return one.term == term; });
  return found == known.end() ? nullptr : &*found;
}

// The school that a request names, when the registry's events have brought it here. Errors: refusals.
absl::StatusOr<ids::Name> KnownSchool(journal::ShardTransaction& transaction, const std::string& text,
                                      std::string_view field) {
  ASSIGN_OR_RETURN(auto school, ids::ParseName(text, "schools", field));
  ASSIGN_OR_RETURN(auto known, IsSchool(transaction.db(), school));
  if (!known) return UnknownSchool(field);
  return school;
}

absl::StatusOr<v1::SchoolCalendar> PutOne(journal::ShardTransaction& transaction,
                                          const v1::PutSchoolCalendarRequest& request) {
  ASSIGN_OR_RETURN(const TermCalendar calendar, ParseCalendar(request.calendar()));
  ASSIGN_OR_RETURN(auto school, KnownSchool(transaction, request.calendar().school(), "calendar.school"));
  ASSIGN_OR_RETURN(const auto known, ReadCalendars(transaction.db(), school));
  RETURN_IF_ERROR(CheckAgainst(Own(known), calendar));
  RETURN_IF_ERROR(PutCalendar(transaction.db(), school, calendar));
  // The county's for these days gives way.
  RETURN_IF_ERROR(Inherit(transaction, school).status());
  ASSIGN_OR_RETURN(const auto replanned, ReplanSchool(transaction, school, transaction.now()));
  RETURN_IF_ERROR(PublishCalendar(transaction, school, calendar));
  v1::SchoolCalendar response = MessageOf(school, calendar);
  response.set_duties_made(replanned.made);
  response.set_duties_taken_away(replanned.taken_away);
  return response;
}

// Withdraws one calendar of the school's own. The open duties of its weeks that have not begun are taken
// away, as far as the county's calendar does not ask for them.
absl::StatusOr<v1::DeleteSchoolCalendarResponse> DeleteOne(journal::ShardTransaction& transaction,
                                                           const v1::DeleteSchoolCalendarRequest& request) {
  ASSIGN_OR_RETURN(auto school, KnownSchool(transaction, request.school(), "school"));
  ASSIGN_OR_RETURN(const auto known, ReadCalendars(transaction.db(), school));
  const TermCalendar* const calendar = Find(known, request.term());
  if (calendar == nullptr) return NoCalendar("term");
  if (calendar->origin != CalendarOrigin::kSchool) {
    return refusal::Precondition(
        "CALENDAR_INHERITED", "term",
        "the school follows the county's or the province's calendar; put one for the school itself, or have "
        "the county change its own",
        "该学校执行的是县（省）统一校历，不能在学校删除；可为学校另设校历，或由县（省）修改统一校历");
  }
  RETURN_IF_ERROR(DeleteCalendar(transaction.db(), school, request.term()).status());
  // Without days: the term is withdrawn. What the school inherits follows.
  PublishCalendarPut(transaction, school.county, school.id, request.term(), nullptr, {});
  RETURN_IF_ERROR(Inherit(transaction, school).status());
  ASSIGN_OR_RETURN(const auto replanned, ReplanSchool(transaction, school, transaction.now()));
  v1::DeleteSchoolCalendarResponse response;
  response.set_duties_taken_away(replanned.taken_away);
  return response;
}

// Sets one calendar of the county, or of the province. Its schools follow by a sweep, as a county has many.
absl::StatusOr<v1::CountyCalendar> PutOneOfCounty(journal::ShardTransaction& transaction,
                                                  const std::string& county,
                                                  const v1::CountyCalendar& given) {
  ASSIGN_OR_RETURN(TermCalendar calendar, ParseCalendar(given));
  ASSIGN_OR_RETURN(const auto known, ReadCountyCalendars(transaction.db(), county));
  RETURN_IF_ERROR(CheckAgainst(known, calendar));
  calendar.origin = county == kOfProvince ? CalendarOrigin::kProvince : CalendarOrigin::kCounty;
  RETURN_IF_ERROR(PutCountyCalendar(transaction.db(), county, calendar));
  RETURN_IF_ERROR(TouchFollowers(transaction.db(), county, transaction.now()));
  return MessageOf(county, calendar);
}

absl::StatusOr<v1::DeleteCountyCalendarResponse> DeleteOneOfCounty(journal::ShardTransaction& transaction,
                                                                   const std::string& county,
                                                                   const std::string& term) {
  ASSIGN_OR_RETURN(const bool deleted, DeleteCountyCalendar(transaction.db(), county, term));
  if (!deleted) {
    return refusal::NotFound("CALENDAR_NOT_FOUND", "term",
                             "the county, or the province, has no such calendar of its own",
                             "没有自行设置的这份统一校历，请在统一校历列表中核对");
  }
  RETURN_IF_ERROR(TouchFollowers(transaction.db(), county, transaction.now()));
  return v1::DeleteCountyCalendarResponse();
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

absl::Status PutCountyCalendars(journal::ShardTransaction& transaction,
                                PutCountyCalendarCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(
        Answer(command, PutOneOfCounty(transaction, *command.county, command.request->calendar())));
  }
  return absl::OkStatus();
}

absl::Status DeleteCountyCalendars(journal::ShardTransaction& transaction,
                                   DeleteCountyCalendarCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(
        Answer(command, DeleteOneOfCounty(transaction, *command.county, command.request->term())));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListCountyCalendarsResponse> ListCountyCalendars(postgres::Connection& db,
                                                                    const std::string& county) {
  ASSIGN_OR_RETURN(auto calendars, LoadGeneral(db, county));
  std::sort(calendars.begin(), calendars.end(), [](const TermCalendar& a, const TermCalendar& b) {
    return TermDays(a).first < TermDays(b).first;
  });
  v1::ListCountyCalendarsResponse response;
  for (const TermCalendar& calendar : calendars) *response.add_calendars() = MessageOf(county, calendar);
  return response;
}

}  // namespace tonghu::pairing
