#include "services/alerts/rpc/detailed.h"

#include "services/alerts/postgres/absence_rows.h"
#include "services/alerts/postgres/emergency_rows.h"
#include "services/alerts/postgres/notification_rows.h"
#include "services/alerts/postgres/operator_rows.h"
#include "services/alerts/rpc/messages.h"

namespace tonghu::alerts {
namespace {

struct Details {
  ByKey<std::vector<AbsenceRow>> mornings;  // by alert, as the next ones
  ByKey<EmergencyRow> emergencies;
  ByKey<Delivery> deliveries;
  ByKey<OperatorCase> cases;
};

absl::StatusOr<Details> Load(postgres::Connection& db, const std::vector<Alert>& alerts) {
  KeyColumns all, absences, emergencies, operators;
  for (const Alert& alert : alerts) {
    all.Add(alert.county, alert.id);
    if (alert.kind == Kind::kAbsence) absences.Add(alert.county, alert.child_id);
    if (alert.kind == Kind::kEmergency) emergencies.Add(alert.county, alert.id);
    if (alert.kind == Kind::kOperator) operators.Add(alert.county, alert.id);
  }
  Details details;
  auto mornings = LoadAlertedAbsences(db, absences);
  if (!mornings.ok()) return mornings.status();
  for (AbsenceRow& row : *mornings) details.mornings[{row.county, row.alert_id}].push_back(row);
  auto events = LoadEmergencies(db, emergencies);
  if (!events.ok()) return events.status();
  for (EmergencyRow& row : *events) details.emergencies.try_emplace({row.county, row.alert_id}, row);
  auto cases = LoadCases(db, operators);
  if (!cases.ok()) return cases.status();
  for (OperatorCase& one : *cases) details.cases.try_emplace({one.county, one.alert_id}, one);
  auto deliveries = CountNotifications(db, all);
  if (!deliveries.ok()) return deliveries.status();
  details.deliveries = *std::move(deliveries);
  return details;
}

template <class Value>
const Value* Find(const ByKey<Value>& values, const std::string& county, const std::string& id) {
  const auto found = values.find(Key(county, id));
  return found == values.end() ? nullptr : &found->second;
}

v1::Alert Detailed(const Alert& alert, const Details& details) {
  v1::Alert message = MessageOf(alert);
  if (const auto* mornings = Find(details.mornings, alert.county, alert.id)) {
    for (const AbsenceRow& row : *mornings) *message.add_mornings() = MessageOf(row);
  }
  if (const EmergencyRow* event = Find(details.emergencies, alert.county, alert.id))
    *message.mutable_emergency() = MessageOf(*event);
  if (const OperatorCase* one = Find(details.cases, alert.county, alert.id)) {
    *message.mutable_notice() = one->notice;
    message.set_notices(one->notices);
  }
  if (const Delivery* delivery = Find(details.deliveries, alert.county, alert.id))
    *message.mutable_delivery() = MessageOf(*delivery);
  return message;
}

}  // namespace

absl::StatusOr<std::vector<v1::Alert>> DetailedMessages(postgres::Connection& db,
                                                        const std::vector<Alert>& alerts) {
  std::vector<v1::Alert> messages;
  if (alerts.empty()) return messages;
  auto details = Load(db, alerts);
  if (!details.ok()) return details.status();
  for (const Alert& alert : alerts) messages.push_back(Detailed(alert, *details));
  return messages;
}

}  // namespace tonghu::alerts
