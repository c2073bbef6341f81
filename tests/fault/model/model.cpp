#include "tests/fault/model/model.h"

#include "absl/strings/str_cat.h"

namespace tonghu::fault::model {

void Model::Apply(const Fact& fact) {
  const bool moves = std::holds_alternative<ClockMoved>(fact.what);
  if (now_ != absl::InfinitePast() && (fact.at < now_ || (fact.at > now_ && !moves)))
    surprises_.push_back(absl::StrCat("the clock stands at ", absl::FormatTime(now_), ": ", ToText(fact)));
  if (moves) return MoveClock(fact.at);
  now_ = fact.at;
  const std::string refusal = std::visit([this](const auto& what) { return Take(what); }, fact.what);
  if (refusal != fact.refusal) {
    surprises_.push_back(absl::StrCat(
        ToText(fact),
        refusal.empty() ? ", and should not have been" : ", should have been refused: ", refusal));
  }
}

void Model::MoveClock(absl::Time to) {
  const absl::Time since = now_;
  now_ = to;
  PlanDuties();
  JudgeDuties();
  TellUncovered();
  MissAttendance(since);
  ClimbAlerts();
}

std::string Model::Take(const SchoolPut& put) {
  schools_[put.school].township = put.township;
  return "";
}

std::string Model::Take(const ChildPlaced& placed) {
  const auto former = children_.find(placed.child);
  const bool elsewhere = former != children_.end() && former->second.school != placed.school;
  children_[placed.child] = placed;
  if (elsewhere) Replan(placed.child);
  return "";
}

std::string Model::Take(const PostPut& put) {
  posts_[put.post] = put;
  return "";
}

std::string Model::Take(const ClockMoved&) { return ""; }

Place Model::PlaceOfSchool(const std::string& school) const {
  const auto found = schools_.find(school);
  return {school, found == schools_.end() ? "" : found->second.township};
}

Place Model::PlaceOf(const std::string& child) const {
  const auto found = children_.find(child);
  if (found == children_.end()) return {};
  Place place = PlaceOfSchool(found->second.school);
  place.grade = found->second.grade;
  place.class_number = found->second.class_number;
  return place;
}

std::map<std::string, std::string> Model::Schools() const {
  std::map<std::string, std::string> townships;
  for (const auto& [name, school] : schools_) townships[name] = school.township;
  return townships;
}

void Model::Count(const Place& place, absl::CivilDay monday, Figure figure, int by) {
  figures_.Add(place.school, place.township, monday, figure, by);
}

}  // namespace tonghu::fault::model
