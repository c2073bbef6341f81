#include "services/reporting/app/query_counts.h"

#include "libs/division/county.h"
#include "libs/division/division.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::reporting {
namespace {

void Fill(const WeekFigures& figures, v1::WeekCounts& week) {
  const Counts& counts = figures.counts;
  week.set_monday(absl::FormatCivilTime(figures.monday));
  week.set_contacts(counts.contacts);
  // A duty that was done late was missed before, and is due once, as a missed one.
  week.set_duties_due(counts.done + counts.excused + counts.missed);
  week.set_done(counts.done);
  week.set_done_late_reported(counts.done_late_reported);
  week.set_excused(counts.excused);
  week.set_missed(counts.missed);
  week.set_done_late(counts.done_late);
  week.set_alerts_raised(counts.alerts_raised);
  week.set_alerts_acknowledged(counts.alerts_acknowledged);
  week.set_alerts_resolved(counts.alerts_resolved);
  week.set_pairings(counts.pairings);
  week.set_contacts_doubtful(counts.contacts_doubtful);
  week.set_done_doubtful(counts.done_doubtful);
}

}  // namespace

absl::StatusOr<Scope> ScopeOf(const v1::QueryCountsRequest& request) {
  auto division = ParseDivision(request.division());
  if (!division.ok()) return division.status();
  ASSIGN_OR_RETURN(auto weeks, ParseWeeks(request.from_date(), request.to_date()));
  RETURN_IF_ERROR(division::CheckCounty(division->county, "division"));
  const std::string& township = division->township_code;
  if (!township.empty() && division::Divisions::Guizhou().Find(township) == nullptr) {
    return refusal::Invalid("TOWNSHIP_NOT_FOUND", "division", "not the code of a township of this province",
                            "未知的乡镇代码，请核对九位代码后重新查询");
  }
  return Scope{*std::move(division), weeks};
}

v1::QueryCountsResponse ResponseOf(const Figures& figures) {
  v1::QueryCountsResponse response;
  for (const WeekFigures& week : figures.weeks) Fill(week, *response.add_weeks());
  // A recomputation up to these positions gives the same figures (I8).
  for (const auto& [producer, seq] : figures.through) {
    v1::JournalPosition* position = response.add_through();
    position->set_producer(producer);
    position->set_seq(seq);
  }
  return response;
}

absl::StatusOr<v1::QueryCountsResponse> QueryCounts(postgres::Connection& db, int shard, const Scope& scope) {
  ASSIGN_OR_RETURN(auto figures, ReadFigures(db, shard, scope));
  return ResponseOf(figures);
}

}  // namespace tonghu::reporting
