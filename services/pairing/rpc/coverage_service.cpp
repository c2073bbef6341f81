#include "services/pairing/app/coverage.h"
#include "services/pairing/app/queries.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/coverage_service.grpc.pb.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferCoverage(journal::Node& node) {
  auto coverage = node.Offer<v1::CoverageService>();
  coverage->Command<v1::PutCoveragePolicyRequest, v1::CoveragePolicy>("PutCoveragePolicy",
                                                                      PutCoveragePolicies);
  coverage->Answer<v1::GetCoveragePolicyRequest, v1::CoveragePolicy>("GetCoveragePolicy", GetCoveragePolicy);
  coverage->Answer<v1::ListUncoveredChildrenRequest, v1::ListUncoveredChildrenResponse>(
      "ListUncoveredChildren",
      [](const journal::Query& query, const v1::ListUncoveredChildrenRequest& request) {
        auto now = query.Now();
        return now.ok() ? ListUncoveredChildren(query.db, query.call.scope(), request, *now) : now.status();
      });
  return coverage;
}

}  // namespace tonghu::pairing
