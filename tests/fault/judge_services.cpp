// The services' side of each comparison, as they answer it to anybody.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "libs/clock/timestamp.h"
#include "tests/fault/judge.h"

namespace tonghu::fault {
namespace {

namespace v1 = tonghu::pairing::v1;
using clock::ToTime;

constexpr absl::Duration kEverMade = absl::Hours(24 * 35);

using Sides = std::map<std::string, Side>;

template <class Message>
absl::Time Or(bool has, const Message& time) {
  return has ? ToTime(time) : absl::InfinitePast();
}

absl::Status AddRegistry(client::Client& clients, const std::string& county, Sides& sides) {
  auto children = Children(clients, county);
  if (!children.ok()) return children.status();
  for (const auto& child : *children) {
    sides["children"][child.name()] =
        fmt::format("{} {}-{}", child.school(), child.grade(), child.class_number());
  }
  return absl::OkStatus();
}

absl::Status AddPairings(client::Client& clients, const std::string& county, Sides& sides) {
  auto pairings = Pairings(clients, county, "", /*ended=*/true);
  if (!pairings.ok()) return pairings.status();
  for (const auto& pairing : *pairings) {
    sides["pairings"][pairing.name()] = fmt::format(
        "{} with {} in role {} from {} to {} for reason {}", pairing.child(), pairing.helper(),
        static_cast<int>(pairing.role()), At(ToTime(pairing.start_time())),
        At(Or(pairing.has_end_time(), pairing.end_time())), static_cast<int>(pairing.end_reason()));
  }
  v1::ListUncoveredChildrenRequest request;
  request.set_parent(county);
  auto uncovered = AskAll(
      clients, &v1::CoverageService::Stub::ListUncoveredChildren, request,
      [](const auto& page) -> const auto& { return page.uncovered_children(); });
  if (!uncovered.ok()) return uncovered.status();
  for (const auto& child : *uncovered)
    sides["uncovered"][child.child()] = fmt::format("reason {}", static_cast<int>(child.reason()));
  return absl::OkStatus();
}

// Whether a talk can have closed a duty as the duty says. Which of several did is left open.
std::string Closing(const v1::Duty& duty, const v1::Contact* talk, absl::Duration late_after,
                    std::set<std::string>& used) {
  const bool closed = duty.state() == v1::DUTY_STATE_DONE || duty.state() == v1::DUTY_STATE_DONE_LATE;
  if (!closed) return duty.contact().empty() ? "" : "a contact without being done";
  if (talk == nullptr) return "no contact that is known";
  if (!used.insert(talk->name()).second) return "a contact that closes another one too";
  if (talk->child() != duty.child() || talk->kind() != v1::CONTACT_KIND_TALK)
    return "a contact of another kind";
  const absl::Time happened = ToTime(talk->happen_time());
  if (happened < ToTime(duty.window_start())) return "a contact before its week";
  if (duty.state() != v1::DUTY_STATE_DONE) return "";
  if (happened >= ToTime(duty.window_end())) return "a contact after its week";
  const bool late = ToTime(talk->report_time()) - happened > late_after;
  return late == duty.reported_late() ? "" : "late paperwork that is none, or is not said to be";
}

absl::Status AddDuties(client::Client& clients, const std::string& county, const model::Model& model,
                       Sides& sides) {
  auto contacts = Contacts(clients, county);
  if (!contacts.ok()) return contacts.status();
  std::map<std::string, const v1::Contact*> talks;
  for (const auto& contact : *contacts) {
    talks[contact.name()] = &contact;
    sides["contacts"][contact.name()] =
        fmt::format("{} by {} kind {} happened {} reported {} '{}'", contact.child(), contact.helper(),
                    static_cast<int>(contact.kind()), At(ToTime(contact.happen_time())),
                    At(ToTime(contact.report_time())), contact.note());
  }
  auto duties = Duties(clients, county, "");
  if (!duties.ok()) return duties.status();
  std::set<std::string> used;
  for (const auto& duty : *duties) {
    const absl::Time begins = ToTime(duty.window_start());
    const std::string key = fmt::format("{} week {} of {}", duty.child(),
                                        absl::FormatCivilTime(model::DayOf(begins)), duty.pairing());
    const auto talk = talks.find(duty.contact());
    const std::string closing = Closing(duty, talk == talks.end() ? nullptr : talk->second,
                                        model.LateReportAfter(county, model::DayOf(begins)), used);
    if (!closing.empty()) sides["closings"][key] = closing;
    if (begins > model.now() + kEverMade) sides["closings"][key] = "a week too far ahead";
    if (begins > model.now() + kSurelyMade) continue;
    sides["duties"][key] = fmt::format("state {} owed by {} due {}", static_cast<int>(duty.state()),
                                       duty.helper(), At(ToTime(duty.due_time())));
  }
  return absl::OkStatus();
}

std::string EntriesOf(const alerts::v1::Alert& alert) {
  std::string text;
  for (const auto& entry : alert.entries()) {
    text += fmt::format("\n    {} {} level {} {} {}{} step {} next {}", At(ToTime(entry.time())),
                        static_cast<int>(entry.action()), static_cast<int>(entry.level()), entry.post(),
                        entry.staff_member(), entry.as_deputy() ? " as deputy" : "", entry.step(),
                        At(Or(entry.has_next_step_time(), entry.next_step_time())));
  }
  return text;
}

std::string TextOf(const alerts::v1::Alert& alert) {
  // A fact settles without a person; then the words are the service's own.
  const bool by_fact = alert.state() == alerts::v1::ALERT_STATE_RESOLVED && alert.entries_size() > 0 &&
                       alert.entries(alert.entries_size() - 1).staff_member().empty();
  return fmt::format(
      "state {} level {} next {} at {} raised {} acknowledged {} by {} resolved {} '{}' {} times, at {} "
      "{}{}{}",
      static_cast<int>(alert.state()), static_cast<int>(alert.level()), alert.next_step(),
      At(Or(alert.has_next_step_time(), alert.next_step_time())), At(ToTime(alert.raise_time())),
      At(Or(alert.has_acknowledge_time(), alert.acknowledge_time())), alert.acknowledged_by(),
      At(Or(alert.has_resolve_time(), alert.resolve_time())), by_fact ? "" : alert.resolution(),
      alert.occurrences(), alert.school(), alert.township_code(),
      alert.has_emergency() ? fmt::format(", kind {} by {}", static_cast<int>(alert.emergency().kind()),
                                          alert.emergency().reporter())
                            : "",
      alert.last_day().empty() ? "" : fmt::format(", owed {} to {}", alert.date(), alert.last_day()));
}

absl::Status AddAlerts(client::Client& clients, const std::string& county, Sides& sides) {
  auto duties = Duties(clients, county, "");
  if (!duties.ok()) return duties.status();
  std::map<std::string, const v1::Duty*> by_name;
  for (const auto& duty : *duties) by_name[duty.name()] = &duty;
  auto alerts = Alerts(clients, county, "");
  if (!alerts.ok()) return alerts.status();
  // The second alert of a subject is "again", in the order in which they were raised.
  std::stable_sort(alerts->begin(), alerts->end(), [](const auto& a, const auto& b) {
    return ToTime(a.raise_time()) < ToTime(b.raise_time());
  });
  for (const auto& alert : *alerts) {
    const int kind = static_cast<int>(alert.kind());
    if (kind > static_cast<int>(model::kEmergency) && kind != static_cast<int>(model::kUncovered))
      continue;  // for the operators: of what befell the services
    const auto duty = by_name.find(alert.duty());
    std::string key = AlertKey(SubjectOf(alert, duty == by_name.end() ? nullptr : duty->second));
    while (sides["alerts"].contains(key)) key += " again";
    sides["alerts"][key] = TextOf(alert);
    sides["entries"][key] = EntriesOf(alert);
    auto notifications = Notifications(clients, alert.name());
    if (!notifications.ok()) return notifications.status();
    std::multiset<std::string> told;
    for (const auto& one : *notifications)
      told.insert(fmt::format("{} at level {}, state {} of purpose {}", one.staff_member(),
                              static_cast<int>(one.level()), static_cast<int>(one.state()),
                              static_cast<int>(one.purpose())));
    sides["notifications"][key] = fmt::format("{}", fmt::join(told, ", "));
  }
  return absl::OkStatus();
}

std::string TextOf(const reporting::v1::WeekCounts& week) {
  const int64_t figures[] = {
      week.contacts(),        week.done(),      week.done_late_reported(), week.excused(),
      week.missed(),          week.done_late(), week.alerts_raised(),      week.alerts_acknowledged(),
      week.alerts_resolved(), week.pairings()};
  std::string text = fmt::format("due {}", week.duties_due());
  for (size_t i = 0; i < std::size(figures); ++i)
    text += fmt::format(", {} {}", model::kFigureNames[i], figures[i]);
  return text;
}

absl::Status AddFigures(client::Client& clients, const std::string& county, const model::Model& model,
                        Sides& sides) {
  std::set<std::string> divisions = {model::IdOf(county)};
  for (const auto& [school, township] : model.Schools()) {
    if (model::CountyOf(school) == county) divisions.insert({school, township});
  }
  for (const std::string& division : divisions) {
    reporting::v1::QueryCountsRequest request;
    request.set_division(division);
    auto counts = clients.Call(&reporting::v1::ReportService::Stub::QueryCounts, request);
    if (!counts.ok()) return counts.status();
    for (const auto& week : counts->weeks())
      sides["figures"][fmt::format("{} week {}", division, week.monday())] = TextOf(week);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Sides> SidesOf(client::Client& clients, const std::string& county, const model::Model& model) {
  Sides sides;
  absl::Status added = AddRegistry(clients, county, sides);
  if (added.ok()) added = AddPairings(clients, county, sides);
  if (added.ok()) added = AddDuties(clients, county, model, sides);
  if (added.ok()) added = AddAlerts(clients, county, sides);
  if (added.ok()) added = AddFigures(clients, county, model, sides);
  if (!added.ok()) return added;
  return sides;
}

}  // namespace tonghu::fault
