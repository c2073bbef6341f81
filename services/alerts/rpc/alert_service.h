// AlertService over gRPC.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "services/alerts/app/context.h"
#include "services/alerts/rpc/watch_hub.h"

namespace tonghu::alerts {

// All outlive the service.
std::unique_ptr<journal::Service> OfferAlerts(journal::Node& node, const Context& context, WatchHub& hub);

}  // namespace tonghu::alerts
