#include "services/alerts/app/report_emergency.h"

#include <vector>

#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/emergency_rows.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kClocksDiffer = absl::Minutes(1);  // between the reporter's device and this one

// Checks one report. Errors: refusals.
absl::Status Check(const EmergencyReport& report, bool known, absl::Time now) {
  RETURN_IF_ERROR(CheckWords(report.description, "description"));
  if (report.happen_time > now + kClocksDiffer) {
    return refusal::Invalid("HAPPEN_TIME_IN_FUTURE", "happen_time", "happen_time is in the future",
                            "发生时间不能晚于现在");
  }
  return known ? absl::OkStatus() : UnknownChild("child");
}

// The places of the reported children, also of those known by the quarantine only.
absl::StatusOr<directory::Places> Children(postgres::Connection& db,
                                           absl::Span<const EmergencyReport> reports) {
  std::vector<Key> keys;
  for (const EmergencyReport& report : reports) keys.emplace_back(report.county, report.child_id);
  ASSIGN_OR_RETURN(auto children, directory::LoadChildren(db, keys));
  std::erase_if(keys, [&](const Key& key) { return children.contains(key); });
  ASSIGN_OR_RETURN(auto waiting, directory::LoadChildrenInQuarantine(db, keys));
  children.insert(waiting.begin(), waiting.end());
  return children;
}

}  // namespace

absl::Status ReportEmergencies(journal::ShardTransaction& transaction, const Context& context,
                               UnknownChildren unknown, absl::Span<EmergencyReport> reports) {
  ASSIGN_OR_RETURN(auto children, Children(transaction.db(), reports));
  PeopleNeeded needed;
  // The posts of county and province are needed even where the child's place is unknown.
  for (const EmergencyReport& report : reports) needed.Add(report.county, {}, "");
  for (const auto& [child, place] : children) needed.Add(child.first, place, "");
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));

  const absl::Time now = transaction.now();
  AlertUnitOfWork ledger(transaction, context);
  std::vector<EmergencyRow> rows;
  for (EmergencyReport& report : reports) {
    const auto child = children.find(Key(report.county, report.child_id));
    const bool known = child != children.end();
    // An id that the registry can't have given is nobody's, whatever the registry publishes later.
    const bool taken = known || (unknown == UnknownChildren::kAreTold && ids::IsUuid(report.child_id));
    if (absl::Status checked = Check(report, taken, now); !checked.ok()) {
      report.alert = checked;
      continue;
    }
    // Without a place the levels below the county find nobody, and the county office is told.
    const Alert& alert = ledger.Raise({.county = report.county,
                                       .id = context.ids.Next(now),
                                       .kind = Kind::kEmergency,
                                       .child_id = report.child_id,
                                       .place = known ? child->second : Place()},
                                      people);
    // A report without a time is of something that happens now.
    const absl::Time happened = report.happen_time == absl::InfinitePast() ? now : report.happen_time;
    rows.push_back({report.county, alert.id, report.kind, report.description, report.reporter_id, happened});
    report.alert = alert;
  }
  RETURN_IF_ERROR(InsertEmergencies(transaction.db(), rows));
  return ledger.Save();
}

}  // namespace tonghu::alerts
