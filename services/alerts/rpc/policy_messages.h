// Policies as their API message.
#pragma once

#include <string>

#include "services/alerts/domain/policy.h"
#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::alerts {

v1::EscalationPolicy MessageOf(const std::string& county, const Policy& policy);

// Durations finer than a microsecond are cut; values are not checked (CheckPolicy).
Policy PolicyOf(const v1::EscalationPolicy& message);

}  // namespace tonghu::alerts
