#include "absl/time/civil_time.h"
#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"

namespace tonghu::pairing {
namespace {

// The calendar of the term that has `today`, else of the next term, else of the last. `calendars` is not
// empty and goes by first day.
const TermCalendar& InForce(const std::vector<TermCalendar>& calendars, absl::CivilDay today) {
  for (const TermCalendar& calendar : calendars) {
    if (TermDays(calendar).last >= today) return calendar;
  }
  return calendars.back();
}

// The calendar of the term asked for. Errors: refusals.
absl::StatusOr<v1::SchoolCalendar> ReadOne(const journal::Query& query,
                                           const v1::GetSchoolCalendarRequest& request) {
  auto school = ids::ParseName(request.school(), "schools", "school");
  if (!school.ok()) return school.status();
  ASSIGN_OR_RETURN(auto calendars, ReadCalendars(query.db, *school));
  if (calendars.empty()) return NoCalendar("school");
  // Without a term the one in force is meant.
  if (request.term().empty()) {
    auto now = query.Now();
    return now.ok() ? MessageOf(*school, InForce(calendars, clock::DayOf(*now)))
                    : absl::StatusOr<v1::SchoolCalendar>(now.status());
  }
  for (const TermCalendar& calendar : calendars) {
    if (calendar.term == request.term()) return MessageOf(*school, calendar);
  }
  return NoCalendar("term");
}

absl::StatusOr<v1::ListSchoolCalendarsResponse> ReadAll(postgres::Connection& db, const ids::Name& school) {
  ASSIGN_OR_RETURN(auto calendars, ReadCalendars(db, school));
  v1::ListSchoolCalendarsResponse response;
  for (const TermCalendar& calendar : calendars) *response.add_calendars() = MessageOf(school, calendar);
  return response;
}

absl::StatusOr<v1::ListCountyCalendarsResponse> ReadGeneral(const journal::Query& query,
                                                            const v1::ListCountyCalendarsRequest& request) {
  return ListCountyCalendars(query.db, query.call.county());
}

}  // namespace

std::unique_ptr<journal::Service> OfferCalendars(journal::Node& node) {
  auto calendars = node.Offer<v1::CalendarService>();
  calendars->Command<v1::PutSchoolCalendarRequest, v1::SchoolCalendar>("PutSchoolCalendar", PutCalendars);
  calendars->Command<v1::DeleteSchoolCalendarRequest, v1::DeleteSchoolCalendarResponse>(
      "DeleteSchoolCalendar", DeleteCalendars);
  calendars->Command<v1::PutCountyCalendarRequest, v1::CountyCalendar>("PutCountyCalendar",
                                                                       PutCountyCalendars);
  calendars->Command<v1::DeleteCountyCalendarRequest, v1::DeleteCountyCalendarResponse>(
      "DeleteCountyCalendar", DeleteCountyCalendars);
  calendars->Answer<v1::ListCountyCalendarsRequest, v1::ListCountyCalendarsResponse>("ListCountyCalendars",
                                                                                     ReadGeneral);
  calendars->Answer<v1::GetSchoolCalendarRequest, v1::SchoolCalendar>("GetSchoolCalendar", ReadOne);
  calendars->Answer<v1::ListSchoolCalendarsRequest, v1::ListSchoolCalendarsResponse>("ListSchoolCalendars",
                                                                                     ReadAll);
  return calendars;
}

}  // namespace tonghu::pairing
