#include "services/registry/app/commands.h"
#include "services/registry/app/queries.h"
#include "services/registry/rpc/services.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::registry {

std::unique_ptr<journal::Service> OfferChildren(journal::Node& node) {
  auto children = node.Offer<v1::ChildService>();
  children->Command<v1::CreateChildRequest, v1::Child>("CreateChild", CreateChild(node.ids()));
  children->Command<v1::UpdateChildRequest, v1::Child>("UpdateChild", UpdateChild);
  children->Answer<v1::GetChildRequest, v1::Child>("GetChild", GetChild);
  children->Answer("ListChildren", ListChildren);
  return children;
}

}  // namespace tonghu::registry
