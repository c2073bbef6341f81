#include "services/alerts/rpc/detailed.h"

#include "libs/status/macros.h"
#include "services/alerts/postgres/absence_rows.h"
#include "services/alerts/postgres/concern_rows.h"
#include "services/alerts/postgres/emergency_rows.h"
#include "services/alerts/postgres/notification_rows.h"
#include "services/alerts/postgres/operator_rows.h"
#include "services/alerts/rpc/messages.h"

namespace tonghu::alerts {
namespace {

// Messages by their alerts, and the keys of what is to be loaded.
struct Details {
  ByKey<v1::Alert*> messages;
  std::vector<Key> all, absent_children, emergencies, operators, concerns;
};

// Loads the details, with one statement for each kind, and adds them to their alerts' messages.
absl::Status Add(postgres::Connection& db, const Details& details) {
  ASSIGN_OR_RETURN(auto mornings, LoadAlertedAbsences(db, details.absent_children));
  for (const AbsenceRow& row : mornings) {
    const auto alert = details.messages.find(Key(row.county, row.alert_id));
    if (alert == details.messages.end()) continue;  // a morning of an earlier alert about the child
    *alert->second->add_mornings() = MessageOf(row);
  }
  ASSIGN_OR_RETURN(auto marked, LoadAlertedConcerns(db, details.concerns));
  for (const ConcernRow& row : marked)
    *details.messages.at({row.county, row.alert_id})->add_marked_contacts() = MessageOf(row);
  ASSIGN_OR_RETURN(auto emergencies, LoadEmergencies(db, details.emergencies));
  for (const EmergencyRow& row : emergencies)
    *details.messages.at({row.county, row.alert_id})->mutable_emergency() = MessageOf(row);
  ASSIGN_OR_RETURN(auto cases, LoadCases(db, details.operators));
  for (const OperatorCase& one : cases) {
    v1::Alert& message = *details.messages.at({one.county, one.alert_id});
    if (!message.mutable_notice()->ParseFromString(one.notice))
      return absl::DataLossError("a stored notice can't be read");
    message.set_notices(one.notices);
  }
  ASSIGN_OR_RETURN(auto deliveries, CountNotifications(db, details.all));
  for (const Delivery& delivery : deliveries)
    *details.messages.at(delivery.alert)->mutable_delivery() = MessageOf(delivery);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::Alert>> DetailedMessages(postgres::Connection& db,
                                                        const std::vector<Alert>& alerts) {
  std::vector<v1::Alert> messages;
  if (alerts.empty()) return messages;
  messages.reserve(alerts.size());  // `details` points to them
  Details details;
  for (const Alert& alert : alerts) {
    messages.push_back(MessageOf(alert));
    details.messages.emplace(alert.key(), &messages.back());
    details.all.push_back(alert.key());
    // Only what an alert of the kind can have is asked for.
    if (alert.kind == Kind::kAbsence) details.absent_children.emplace_back(alert.county, alert.child_id);
    if (alert.kind == Kind::kConcern) details.concerns.push_back(alert.key());
    if (alert.kind == Kind::kEmergency) details.emergencies.push_back(alert.key());
    if (alert.kind == Kind::kOperator) details.operators.push_back(alert.key());
  }
  RETURN_IF_ERROR(Add(db, details));
  return messages;
}

}  // namespace tonghu::alerts
