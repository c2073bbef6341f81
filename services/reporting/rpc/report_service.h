// Makes reporting's gRPC service.
#pragma once

#include <memory>

#include "libs/journal/node.h"
#include "services/reporting/app/recompute_counts.h"

namespace tonghu::reporting {

// At most two recomputations run at a time, since each keeps a worker busy for as long as it lasts. `node`
// and `journals` outlive the service.
std::unique_ptr<journal::Service> OfferReports(journal::Node& node, const Journals& journals);

}  // namespace tonghu::reporting
