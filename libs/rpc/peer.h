// Who is at the other end of a call's connection.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

namespace tonghu::rpc {

// The common name of the client's certificate: "services/pairing", "operators/local". Empty where the
// connection has no TLS.
std::string PeerName(const grpc::ServerContextBase& context);

}  // namespace tonghu::rpc
