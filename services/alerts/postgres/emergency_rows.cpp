#include "services/alerts/postgres/emergency_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "services/alerts/postgres/alert_rows.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

// The columns of a report. `at` are the members that lead to the report from the row that has it.
template <auto... at>
constexpr auto ColumnsOfEmergency() {
  return postgres::Columns{Field<at..., &EmergencyRow::county>("county"),
                           Field<at..., &EmergencyRow::alert_id>("alert_id", postgres::kUuid),
                           Field<at..., &EmergencyRow::kind>("kind", postgres::kInt2),
                           Field<at..., &EmergencyRow::description>("description"),
                           Field<at..., &EmergencyRow::reporter_id>("reporter_id"),
                           Field<at..., &EmergencyRow::happen_time>("happen_time")};
}
constexpr auto kEmergency = ColumnsOfEmergency<>();
constexpr auto kListed = ColumnsOfEmergency<&ListedEmergency::reported>() +
                         postgres::Columns{Field<&ListedEmergency::child_id>("a.child_id", postgres::kUuid),
                                           Field<&ListedEmergency::state>("a.state")};

}  // namespace

absl::StatusOr<std::vector<EmergencyRow>> LoadEmergencies(postgres::Connection& db,
                                                          absl::Span<const Key> alerts) {
  static const std::string sql =
      absl::StrCat("SELECT ", kEmergency.List("e."), " FROM ", kUuidKeys.Unnest("k"),
                   " JOIN emergency e ON e.county = k.county AND e.alert_id = k.id");
  if (alerts.empty()) return std::vector<EmergencyRow>();
  return kEmergency.ReadAll(db.Run(sql, kUuidKeys.Arrays(alerts)));
}

absl::StatusOr<std::vector<ListedEmergency>> ListEmergencies(postgres::Connection& db,
                                                             const EmergencyFilter& filter,
                                                             std::string_view after, int limit) {
  postgres::Params params = postgres::Params()
                                .Text(filter.county)
                                .UuidAfter(after)
                                .Time(filter.from)
                                .Time(filter.before)
                                .Bool(filter.child_id.empty())
                                .Uuid(filter.child_id)
                                .Int(limit);
  // A county has few emergencies, so the key serves every list.
  const std::string sql =
      absl::StrCat("SELECT ", kListed.List("e."),
                   " FROM emergency e JOIN alert a ON a.county = e.county AND a.alert_id = e.alert_id "
                   "WHERE e.county = $1 AND e.alert_id > $2 AND e.happen_time >= $3 AND e.happen_time < $4 "
                   "AND ($5 OR a.child_id = $6) AND ",
                   AlertCondition(filter.within, params), " ORDER BY e.alert_id LIMIT $7");
  return kListed.ReadAll(db.Run(sql, std::move(params)));
}

absl::Status InsertEmergencies(postgres::Connection& db, absl::Span<const EmergencyRow> rows) {
  return kEmergency.Insert(db, "emergency", rows);
}

}  // namespace tonghu::alerts
