#include "services/pairing/app/closures.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/closure_service.grpc.pb.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferClosures(journal::Node& node) {
  auto closures = node.Offer<v1::ClosureService>();
  closures->Command<v1::CreateClosureRequest, v1::Closure>("CreateClosure", CreateClosures(node.ids()));
  closures->Command<v1::DeleteClosureRequest, v1::DeleteClosureResponse>("DeleteClosure", DeleteClosures);
  closures->Answer<v1::GetClosureRequest, v1::Closure>("GetClosure", GetClosure);
  closures->Answer("ListClosures", ListClosures);
  return closures;
}

}  // namespace tonghu::pairing
