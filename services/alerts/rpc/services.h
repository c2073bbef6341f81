// Makes the alerts service's gRPC services. What they are given outlives them.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "services/alerts/app/context.h"
#include "services/alerts/rpc/watch_hub.h"

namespace tonghu::alerts {

// Attendance, absences, emergencies. Emergencies are urgent, and accepted when nobody can tell whether the
// child exists.
std::unique_ptr<journal::Service> OfferSignals(journal::Node& node, const Context& context);
std::unique_ptr<journal::Service> OfferAlerts(journal::Node& node, const Context& context, WatchHub& hub);
// `pairing` leads to the service that says who owes a child duties, for trials.
std::unique_ptr<journal::Service> OfferPolicies(journal::Node& node,
                                                const std::shared_ptr<grpc::Channel>& pairing);

}  // namespace tonghu::alerts
