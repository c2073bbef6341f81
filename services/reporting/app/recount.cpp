#include "services/reporting/app/recount.h"

#include "absl/strings/str_cat.h"
#include "services/reporting/domain/count.h"

namespace tonghu::reporting {
namespace {

void Apply(const Increment& count, v1::WeekCounts& week) {
  const int64_t n = count.delta;
  switch (count.metric) {
    case Metric::kContacts:
      return week.set_contacts(week.contacts() + n);
    case Metric::kDone:
      return week.set_done(week.done() + n);
    case Metric::kDoneLateReported:
      return week.set_done_late_reported(week.done_late_reported() + n);
    case Metric::kExcused:
      return week.set_excused(week.excused() + n);
    case Metric::kMissed:
      return week.set_missed(week.missed() + n);
    case Metric::kDoneLate:
      return week.set_done_late(week.done_late() + n);
    case Metric::kAlertsRaised:
      return week.set_alerts_raised(week.alerts_raised() + n);
    case Metric::kAlertsAcknowledged:
      return week.set_alerts_acknowledged(week.alerts_acknowledged() + n);
    case Metric::kAlertsResolved:
      return week.set_alerts_resolved(week.alerts_resolved() + n);
    case Metric::kPairings:
      return week.set_pairings(week.pairings() + n);
  }
}

}  // namespace

bool Recount::Wanted(const Place& place) const {
  const Division& division = scope_.division;
  if (!division.school_id.empty())
    return place.county == division.county && place.school_id == division.school_id;
  if (!division.township_code.empty()) return place.township_code == division.township_code;
  return place.county == division.county;
}

void Recount::Add(const journal::Event& event) {
  if (event.county != scope_.division.county) return;
  const auto fact = reader_.Read(event);
  if (fact.ok() && !fact->has_value()) return;
  const auto counts = fact.ok() ? Count(**fact) : absl::StatusOr<Increments>(fact.status());
  if (!counts.ok()) {
    ++unreadable_;
    return;
  }
  if (!Wanted(PlaceOf(**fact))) return;
  for (const Increment& count : *counts) {
    if (count.monday >= scope_.weeks.first && count.monday <= scope_.weeks.last)
      Apply(count, weeks_[count.monday]);
  }
}

v1::QueryCountsResponse Recount::Answer() const {
  v1::QueryCountsResponse response;
  for (const auto& [monday, sums] : weeks_) {
    v1::WeekCounts* week = response.add_weeks();
    *week = sums;
    week->set_monday(absl::FormatCivilTime(monday));
    week->set_duties_due(sums.done() + sums.excused() + sums.missed());
  }
  return response;
}

}  // namespace tonghu::reporting
