// SignalService over gRPC: attendance, absences, emergencies.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// Both outlive the service. Emergencies are urgent, and are taken where it can't be told whether the child
// exists.
std::unique_ptr<journal::Service> OfferSignals(journal::Node& node, const Context& context);

}  // namespace tonghu::alerts
