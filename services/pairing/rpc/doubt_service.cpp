#include "services/pairing/app/doubts.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/doubt_service.grpc.pb.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferDoubts(journal::Node& node) {
  auto doubts = node.Offer<v1::DoubtService>();
  doubts->Command<v1::DismissDoubtRequest, v1::Doubt>("DismissDoubt", DismissDoubts);
  doubts->Answer<v1::ListDoubtsRequest, v1::ListDoubtsResponse>(
      "ListDoubts", [](const journal::Query& query, const v1::ListDoubtsRequest& request) {
        return ListDoubts(query.db, query.call.scope(), request);
      });
  return doubts;
}

}  // namespace tonghu::pairing
