// Makes pairing's gRPC services: each method with its use case. `node` outlives them.
#pragma once

#include <memory>

#include "libs/journal/node.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferPairings(journal::Node& node);
std::unique_ptr<journal::Service> OfferLoads(journal::Node& node);
std::unique_ptr<journal::Service> OfferProposals(journal::Node& node);
std::unique_ptr<journal::Service> OfferDuties(journal::Node& node);
std::unique_ptr<journal::Service> OfferCalendars(journal::Node& node);
std::unique_ptr<journal::Service> OfferClosures(journal::Node& node);
std::unique_ptr<journal::Service> OfferWhispers(journal::Node& node);
std::unique_ptr<journal::Service> OfferContacts(journal::Node& node);
std::unique_ptr<journal::Service> OfferCoverage(journal::Node& node);
std::unique_ptr<journal::Service> OfferDoubts(journal::Node& node);

}  // namespace tonghu::pairing
