// The model's side of each comparison.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <set>

#include "absl/strings/match.h"
#include "tests/fault/judge.h"

namespace tonghu::fault {
namespace {

bool In(const std::string& county, const std::string& name) { return absl::StartsWith(name, county + "/"); }

std::string OwedText(absl::CivilDay first, absl::CivilDay last) {
  return fmt::format(", owed {} to {}", absl::FormatCivilTime(first), absl::FormatCivilTime(last));
}

std::string TextOf(const model::Alert& alert) {
  const absl::CivilDay day = alert.subject.day;
  return fmt::format(
      "state {} level {} next {} at {} raised {} acknowledged {} by {} resolved {} '{}' {} times, at {} "
      "{}{}{}",
      alert.state, alert.level, alert.next_step, At(alert.next_step_time), At(alert.raised),
      At(alert.answered), alert.answered_by, At(alert.settled), alert.words, alert.occurrences,
      alert.place.school, alert.place.township,
      alert.emergency == 0 ? "" : fmt::format(", kind {} by {}", alert.emergency, alert.reporter),
      alert.subject.kind == model::kDutyMissed ? OwedText(day, day + 6) : "");
}

std::string EntriesOf(const model::Alert& alert) {
  std::string text;
  for (const model::Entry& entry : alert.entries) {
    text +=
        fmt::format("\n    {} {} level {} {} {}{} step {} next {}", At(entry.at), entry.action, entry.level,
                    entry.post, entry.staff, entry.deputy ? " as deputy" : "", entry.step, At(entry.next));
  }
  return text;
}

std::string ToldOf(const model::Alert& alert) {
  std::multiset<std::string> told;
  for (const model::Entry& entry : alert.entries) {
    // There is no webhook, and nobody watches: it says so.
    if (entry.action == model::kTold)
      told.insert(fmt::format("{} at level {}, state {} of purpose {}", entry.staff, entry.level,
                              static_cast<int>(alerts::v1::NOTIFICATION_STATE_NOT_TAKEN),
                              static_cast<int>(alerts::v1::NOTIFICATION_PURPOSE_TOLD)));
  }
  return fmt::format("{}", fmt::join(told, ", "));
}

std::string TextOf(const model::Week& week) {
  std::string text = fmt::format("due {}", week[model::kDone] + week[model::kExcused] + week[model::kMissed]);
  for (size_t i = 0; i < week.size(); ++i) text += fmt::format(", {} {}", model::kFigureNames[i], week[i]);
  return text;
}

}  // namespace

std::map<std::string, Side> SidesOf(const model::Model& model, const std::string& county) {
  std::map<std::string, Side> sides;
  for (const auto& [child, placed] : model.children()) {
    if (In(county, child))
      sides["children"][child] = fmt::format("{} {}-{}", placed.school, placed.grade, placed.class_number);
  }
  for (const auto& [name, pairing] : model.pairings()) {
    if (!In(county, name)) continue;
    sides["pairings"][name] =
        fmt::format("{} with {} in role {} from {} to {} for reason {}", pairing.child, pairing.helper,
                    pairing.role, At(pairing.start), At(pairing.end), pairing.reason);
  }
  for (const model::Duty& duty : model.duties()) {
    if (!In(county, duty.child) || duty.taken_away) continue;
    if (model::StartOf(duty.monday) > model.now() + kSurelyMade) continue;
    sides["duties"]
         [fmt::format("{} week {} of {}", duty.child, absl::FormatCivilTime(duty.monday), duty.pairing)] =
             fmt::format("state {} owed by {} due {}", duty.state(), duty.helper, At(duty.due));
  }
  for (const auto& [name, contact] : model.contacts()) {
    if (!In(county, name)) continue;
    sides["contacts"][name] =
        fmt::format("{} by {} kind {} happened {} reported {} '{}'", contact.told.child, contact.told.helper,
                    contact.told.kind, At(contact.told.happened), At(contact.reported), contact.told.note);
  }
  for (const model::Alert& alert : model.alerts()) {
    if (!In(county, alert.place.school)) continue;
    std::string key = AlertKey(alert.subject);
    while (sides["alerts"].contains(key)) key += " again";
    sides["alerts"][key] = TextOf(alert);
    sides["entries"][key] = EntriesOf(alert);
    sides["notifications"][key] = ToldOf(alert);
  }
  const model::Figures figures = model.FiguresNow();
  for (const auto& [division, weeks] : figures.by_division()) {
    const std::string code = model::IdOf(county);
    if (!In(county, division) && !absl::StartsWith(division, code)) continue;
    for (const auto& [monday, week] : weeks)
      sides["figures"][fmt::format("{} week {}", division, absl::FormatCivilTime(monday))] = TextOf(week);
  }
  for (const auto& [child, reason] : model.Uncovered()) {
    if (In(county, child)) sides["uncovered"][child] = fmt::format("reason {}", reason);
  }
  return sides;
}

}  // namespace tonghu::fault
