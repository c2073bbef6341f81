#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/timestamp.h"
#include "libs/paging/paging.h"
#include "libs/status/macros.h"
#include "services/alerts/postgres/absence_rows.h"
#include "services/alerts/postgres/emergency_rows.h"
#include "services/alerts/rpc/decide.h"
#include "services/alerts/rpc/messages.h"
#include "services/alerts/rpc/services.h"
#include "services/alerts/rpc/signal_requests.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

namespace tonghu::alerts {
namespace {

constexpr int kMostEmergencies = 500;  // of a page: half of what a message may hold
constexpr size_t kDate = 10;           // characters of "2026-09-01"

// The id of a morning in a page token holds its day too, since lists of absences go by day:
// "2026-09-01_0193...".
std::string TokenIdOf(const AbsenceRow& row) {
  return absl::StrCat(absl::FormatCivilTime(row.day), "_", row.child_id);
}

// Where a page goes on; a token without a day begins at the first.
AbsencePlace PlaceBehind(const std::string& token_id) {
  AbsencePlace place;
  if (token_id.size() <= kDate + 1) return place;
  if (auto day = calendar::ParseDay(token_id.substr(0, kDate)); day.ok())
    place = {*day, token_id.substr(kDate + 1)};
  return place;
}

// Sets a bound of days; an empty text leaves `day` as it is.
absl::Status Bound(const std::string& text, const char* field, absl::CivilDay& day) {
  if (text.empty()) return absl::OkStatus();
  auto given = DayIn(text, field);
  if (given.ok()) day = *given;
  return given.status();
}

absl::StatusOr<AbsenceFilter> FilterOf(const v1::ListAbsencesRequest& request, const std::string& county) {
  ASSIGN_OR_RETURN(auto child, OptionalIdIn(county, request.child(), "children", "child"));
  ASSIGN_OR_RETURN(auto school, OptionalIdIn(county, request.school(), "schools", "school"));
  AbsenceFilter filter{county, std::move(child), std::move(school)};
  absl::Status bound = Bound(request.first_date(), "first_date", filter.first);
  if (bound.ok()) bound = Bound(request.last_date(), "last_date", filter.last);
  if (!bound.ok()) return bound;
  return filter;
}

absl::StatusOr<v1::ListAbsencesResponse> AbsencesOf(const journal::Query& query,
                                                    const v1::ListAbsencesRequest& request) {
  ASSIGN_OR_RETURN(auto filter, FilterOf(request, query.call.county()));
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, query.call.scope().Fingerprint()));
  filter.within = query.call.scope().filter();
  ASSIGN_OR_RETURN(auto rows, ListAbsences(query.db, filter, PlaceBehind(page.after), page.size + 1));
  v1::ListAbsencesResponse response;
  response.set_next_page_token(page.Cut(rows, TokenIdOf));
  for (const AbsenceRow& row : rows) *response.add_absences() = RecordedMessageOf(row);
  return response;
}

absl::StatusOr<v1::ListEmergenciesResponse> EmergenciesOf(const journal::Query& query,
                                                          const v1::ListEmergenciesRequest& request) {
  const std::string& county = query.call.county();
  ASSIGN_OR_RETURN(auto child, OptionalIdIn(county, request.child(), "children", "child"));
  EmergencyFilter filter{county, std::move(child)};
  if (request.has_happen_from()) filter.from = clock::ToTime(request.happen_from());
  if (request.has_happen_before()) filter.before = clock::ToTime(request.happen_before());
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, query.call.scope().Fingerprint(), kMostEmergencies));
  filter.within = query.call.scope().filter();
  ASSIGN_OR_RETURN(auto rows, ListEmergencies(query.db, filter, page.after, page.size + 1));
  v1::ListEmergenciesResponse response;
  response.set_next_page_token(
      page.Cut(rows, [](const ListedEmergency& row) { return row.reported.alert_id; }));
  for (const ListedEmergency& row : rows) *response.add_emergencies() = MessageOf(row);
  return response;
}

absl::StatusOr<v1::SubmitAttendanceResponse> AttendanceReply(const AttendanceReport& report) {
  if (!report.alert_ids.ok()) return report.alert_ids.status();
  v1::SubmitAttendanceResponse response;
  for (const std::string& id : *report.alert_ids) response.add_alerts(NameOf(report.county, "alerts", id));
  return response;
}

// One morning of one child belongs to one alert at most.
absl::StatusOr<v1::ReportAbsenceResponse> AbsenceReply(const AttendanceReport& report) {
  if (!report.alert_ids.ok()) return report.alert_ids.status();
  v1::ReportAbsenceResponse response;
  if (!report.alert_ids->empty())
    response.set_alert(NameOf(report.county, "alerts", report.alert_ids->front()));
  return response;
}

absl::StatusOr<v1::Alert> EmergencyReply(const EmergencyReport& report) {
  if (!report.alert.ok()) return report.alert.status();
  return MessageOf(*report.alert);
}

// The use case, with what becomes of reports about unknown children.
auto Emergencies(const Context& context, UnknownChildren unknown) {
  return [&context, unknown](journal::ShardTransaction& transaction, absl::Span<EmergencyReport> reports) {
    return ReportEmergencies(transaction, context, unknown, reports);
  };
}

}  // namespace

std::unique_ptr<journal::Service> OfferSignals(journal::Node& node, const Context& context) {
  auto signals = node.Offer<v1::SignalService>();
  const auto command = [](const auto& request, const std::string& county) {
    return CommandOf(request, county);
  };
  signals->Command<v1::SubmitAttendanceRequest, v1::SubmitAttendanceResponse>(
      "SubmitAttendance", Decider(command, With(context, ReportAttendance), AttendanceReply));
  signals->Command<v1::ReportAbsenceRequest, v1::ReportAbsenceResponse>(
      "ReportAbsence", Decider(command, With(context, ReportAttendance), AbsenceReply));
  signals->Command<v1::ReportEmergencyRequest, v1::Alert>(
      "ReportEmergency", Decider(command, Emergencies(context, UnknownChildren::kAreRefused), EmergencyReply),
      {.urgency = rpc::Urgency::kUrgent},
      // Where the registry can't be asked in time, an unknown child's emergency is told all the same.
      Decider(command, Emergencies(context, UnknownChildren::kAreTold), EmergencyReply));
  signals->Answer<v1::ListAbsencesRequest, v1::ListAbsencesResponse>("ListAbsences", AbsencesOf);
  signals->Answer<v1::ListEmergenciesRequest, v1::ListEmergenciesResponse>("ListEmergencies", EmergenciesOf);
  return signals;
}

}  // namespace tonghu::alerts
