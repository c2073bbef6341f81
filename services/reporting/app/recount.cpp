#include "services/reporting/app/recount.h"

namespace tonghu::reporting {

bool Recount::Wanted(const Place& place) const {
  const Division& division = scope_.division;
  if (!division.school_id.empty())
    return place.county == division.county && place.school_id == division.school_id;
  if (!division.township_code.empty()) return place.township_code == division.township_code;
  return place.county == division.county;
}

void Recount::Add(const journal::Event& event) {
  // A shard has the events of several counties.
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
      weeks_[count.monday].*count.metric += count.delta;
  }
}

std::vector<WeekFigures> Recount::Weeks() const {
  std::vector<WeekFigures> weeks;
  for (const auto& [monday, counts] : weeks_) weeks.push_back({monday, counts});
  return weeks;
}

}  // namespace tonghu::reporting
