// Policies as their API message.
#pragma once

#include "services/alerts/domain/policy.h"
#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::alerts {

// Without `parent`.
v1::EscalationPolicy ToMessage(const Policy& policy);

// Durations finer than a microsecond are cut; values are not checked (CheckPolicy).
Policy FromMessage(const v1::EscalationPolicy& message);

}  // namespace tonghu::alerts
