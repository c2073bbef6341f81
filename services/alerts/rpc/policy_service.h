// PolicyService over gRPC.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "services/alerts/rpc/duty_owners.h"

namespace tonghu::alerts {

// `node` outlives the service.
std::unique_ptr<journal::Service> OfferPolicies(journal::Node& node, DutyOwners helpers);

}  // namespace tonghu::alerts
