#include "services/reporting/app/query_counts.h"

#include "absl/strings/str_cat.h"
#include "services/reporting/postgres/count_store.h"

namespace tonghu::reporting {
namespace {

void Fill(const WeekRow& row, v1::WeekCounts* week) {
  const auto count = [&row](Metric metric) { return row.counts[static_cast<size_t>(metric)]; };
  week->set_monday(absl::FormatCivilTime(row.monday));
  week->set_contacts(count(Metric::kContacts));
  week->set_duties_due(count(Metric::kDone) + count(Metric::kExcused) + count(Metric::kMissed));
  week->set_done(count(Metric::kDone));
  week->set_done_late_reported(count(Metric::kDoneLateReported));
  week->set_excused(count(Metric::kExcused));
  week->set_missed(count(Metric::kMissed));
  week->set_done_late(count(Metric::kDoneLate));
  week->set_alerts_raised(count(Metric::kAlertsRaised));
  week->set_alerts_acknowledged(count(Metric::kAlertsAcknowledged));
  week->set_alerts_resolved(count(Metric::kAlertsResolved));
  week->set_pairings(count(Metric::kPairings));
}

}  // namespace

absl::StatusOr<Scope> ScopeOf(const v1::QueryCountsRequest& request) {
  auto division = ParseDivision(request.division());
  if (!division.ok()) return division.status();
  auto weeks = ParseWeeks(request.from_date(), request.to_date());
  if (!weeks.ok()) return weeks.status();
  return Scope{*std::move(division), *weeks};
}

absl::StatusOr<v1::QueryCountsResponse> QueryCounts(postgres::Connection& db, int shard, const Scope& scope) {
  auto figures = ReadFigures(db, shard, scope);
  if (!figures.ok()) return figures.status();
  v1::QueryCountsResponse response;
  for (const WeekRow& row : figures->weeks) Fill(row, response.add_weeks());
  for (const auto& [producer, seq] : figures->through) {
    v1::JournalPosition* position = response.add_through();
    position->set_producer(producer);
    position->set_seq(seq);
  }
  return response;
}

}  // namespace tonghu::reporting
