// PolicyService over gRPC.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "services/alerts/rpc/talk_owners.h"

namespace tonghu::alerts {

// `node` outlives the service.
std::unique_ptr<journal::Service> OfferPolicies(journal::Node& node, TalkOwners helpers);

}  // namespace tonghu::alerts
