#include "services/pairing/app/load_limits.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/load_service.grpc.pb.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferLoads(journal::Node& node) {
  auto loads = node.Offer<v1::LoadService>();
  loads->Command<v1::PutLoadLimitRequest, v1::LoadLimit>("PutLoadLimit", PutLoadLimits);
  loads->Command<v1::DeleteLoadLimitRequest, v1::DeleteLoadLimitResponse>("DeleteLoadLimit",
                                                                          DeleteLoadLimits);
  loads->Answer<v1::ListLoadLimitsRequest, v1::ListLoadLimitsResponse>("ListLoadLimits", ListLoadLimits);
  loads->Answer("ListOverloadedHelpers", ListOverloadedHelpers);
  return loads;
}

}  // namespace tonghu::pairing
