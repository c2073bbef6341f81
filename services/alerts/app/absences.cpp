#include "services/alerts/app/absences.h"

#include <utility>

#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {

absl::Status Absences::Load(const KeyColumns& children) {
  auto known = LoadChildren(transaction_.db(), children);
  if (!known.ok()) return known.status();
  children_ = *std::move(known);
  auto open = LoadOpenAbsenceAlerts(transaction_.db(), children);
  if (!open.ok()) return open.status();
  for (Alert& alert : *open) {
    Key child(alert.county, alert.child_id);
    open_[std::move(child)] = &ledger_.Take(std::move(alert));
  }
  PeopleNeeded needed;
  for (const auto& [key, child] : children_) needed.Add(child.county, child.place, "");
  auto people = needed.Load(transaction_.db());
  if (people.ok()) people_ = *std::move(people);
  return people.status();
}

const Child* Absences::FindChild(const std::string& county, const std::string& id) const {
  const auto found = children_.find(Key(county, id));
  return found == children_.end() ? nullptr : &found->second;
}

void Absences::Count(AbsenceRow& row) {
  Alert*& open = open_[Key(row.county, row.child_id)];
  if (open != nullptr && open->state != State::kResolved) {
    Repeat(*open, transaction_.now());
  } else {
    const Child* child = FindChild(row.county, row.child_id);
    open = &ledger_.Add({.county = row.county,
                         .id = context_.ids.Next(transaction_.now()),
                         .kind = Kind::kAbsence,
                         .child_id = row.child_id,
                         .place = child == nullptr ? Place{.school_id = row.school_id} : child->place});
    Raise(*open, people_.policies.InForce(row.county, Kind::kAbsence), people_.In(row.county),
          transaction_.now());
  }
  row.alert_id = open->id;
}

void Absences::Excuse(const AbsenceRow& row, std::string_view resolution) {
  const auto open = open_.find(Key(row.county, row.child_id));
  if (open == open_.end() || open->second == nullptr || open->second->id != row.alert_id) return;
  alerts::Excuse(*open->second, resolution, transaction_.now());
}

void Absences::Put(AbsenceRow row) {
  AbsenceKey key(row.county, row.child_id, row.day);
  put_.insert_or_assign(std::move(key), std::move(row));
}

absl::Status Absences::Save() {
  std::vector<AbsenceRow> rows;
  for (auto& [key, row] : put_) rows.push_back(std::move(row));
  return rows.empty() ? absl::OkStatus() : StoreAbsences(transaction_.db(), rows);
}

}  // namespace tonghu::alerts
