// Makes access's gRPC services: each method with its use case. Node, context and workers outlive them.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "libs/rpc/workers.h"
#include "services/access/app/context.h"

namespace tonghu::access {

// `passwords` are the workers that hash: few, as each hash takes 64 MiB.
std::unique_ptr<journal::Service> OfferSessions(journal::Node& node, const Context& context,
                                                rpc::Workers& passwords);
std::unique_ptr<journal::Service> OfferAccounts(journal::Node& node, const Context& context);
std::unique_ptr<journal::Service> OfferAudit(journal::Node& node);

}  // namespace tonghu::access
