#include "libs/rpc/peer.h"

#include <grpc/grpc_security_constants.h>

namespace tonghu::rpc {

std::string PeerName(const grpc::ServerContextBase& context) {
  const auto shown = context.auth_context();
  // A name counts only in a certificate that was verified.
  if (shown == nullptr || !shown->IsPeerAuthenticated()) return "";
  const auto names = shown->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
  return names.size() == 1 ? std::string(names.front().data(), names.front().size()) : "";
}

}  // namespace tonghu::rpc
