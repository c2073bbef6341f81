#include "services/alerts/app/absences.h"

#include <utility>

#include "libs/status/macros.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {

absl::Status Absences::Load(const std::vector<Key>& children) {
  ASSIGN_OR_RETURN(auto known, directory::LoadChildren(transaction_.db(), children));
  places_ = std::move(known);
  ASSIGN_OR_RETURN(auto open, LoadUnresolvedAlerts(transaction_.db(), Kind::kAbsence, children));
  for (Alert& alert : open) {
    // The unit of work holds the alert; open_ finds it by its child.
    Key child(alert.county, alert.child_id);
    open_[std::move(child)] = &ledger_.Take(std::move(alert));
  }
  // For every child, since any of the mornings may raise an alert.
  PeopleNeeded needed;
  for (const auto& [child, place] : places_) needed.Add(child.first, place, "");
  auto people = needed.Load(transaction_.db());
  if (people.ok()) people_ = *std::move(people);
  return people.status();
}

const Place* Absences::FindPlace(const std::string& county, const std::string& child_id) const {
  const auto found = places_.find(Key(county, child_id));
  return found == places_.end() ? nullptr : &found->second;
}

void Absences::Count(AbsenceRow& row) {
  // The map's own pointer: an alert raised below is the open one for the child's next morning in the batch.
  Alert*& open = open_[Key(row.county, row.child_id)];
  if (open != nullptr && open->state != State::kResolved) {
    Repeat(*open, transaction_.now());
  } else {
    const Place* place = FindPlace(row.county, row.child_id);
    // The morning names the school, should the child's own place not be known.
    open = &ledger_.Raise({.county = row.county,
                           .id = context_.ids.Next(transaction_.now()),
                           .kind = Kind::kAbsence,
                           .child_id = row.child_id,
                           .place = place == nullptr ? Place{.school_id = row.school_id} : *place},
                          people_);
  }
  row.alert_id = open->id;
}

void Absences::Excuse(const AbsenceRow& row, std::string_view resolution) {
  const auto open = open_.find(Key(row.county, row.child_id));
  // The alert to which the morning belongs may be settled by now; the open one is then about other mornings.
  if (open == open_.end() || open->second == nullptr || open->second->id != row.alert_id) return;
  alerts::Excuse(*open->second, resolution, transaction_.now());
}

void Absences::Put(AbsenceRow row) {
  DayKey key = row.key();
  put_.insert_or_assign(std::move(key), std::move(row));
}

absl::Status Absences::Save() {
  std::vector<AbsenceRow> rows;
  for (auto& [key, row] : put_) rows.push_back(std::move(row));
  return StoreAbsences(transaction_.db(), rows);
}

}  // namespace tonghu::alerts
