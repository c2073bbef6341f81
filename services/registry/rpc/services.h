// Makes the registry's gRPC services of unary methods. `node` outlives them.
#pragma once

#include <memory>

#include "libs/journal/node.h"

namespace tonghu::registry {

std::unique_ptr<journal::Service> OfferChildren(journal::Node& node);
std::unique_ptr<journal::Service> OfferDirectory(journal::Node& node);

}  // namespace tonghu::registry
