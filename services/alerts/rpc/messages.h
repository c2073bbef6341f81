// Domain values as API messages, with resource names, and back.
#pragma once

#include <string>

#include "libs/ids/references.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"
#include "services/alerts/postgres/absence_rows.h"
#include "services/alerts/postgres/concern_rows.h"
#include "services/alerts/postgres/emergency_rows.h"
#include "services/alerts/postgres/notification_rows.h"
#include "tonghu/alerts/v1/alert.pb.h"
#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"

namespace tonghu::alerts {

using ids::NameOf;

v1::Alert MessageOf(const Alert& alert);
v1::AlertEntry MessageOf(const std::string& county, const Entry& entry);
v1::Notification MessageOf(const Notification& notification);
v1::AbsentMorning MessageOf(const AbsenceRow& row);
// The row as a list of absences shows it, with child and school.
v1::RecordedAbsence RecordedMessageOf(const AbsenceRow& row);
v1::MarkedContact MessageOf(const ConcernRow& row);
v1::Emergency MessageOf(const EmergencyRow& row);
v1::RecordedEmergency MessageOf(const ListedEmergency& row);
v1::Delivery MessageOf(const Delivery& delivery);
v1::EscalationPolicy MessageOf(const std::string& county, const Policy& policy);
// Durations finer than a microsecond are cut; values are not checked (CheckPolicy).
Policy PolicyOf(const v1::EscalationPolicy& message);

}  // namespace tonghu::alerts
