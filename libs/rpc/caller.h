// Who calls.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/principal/principal.h"

namespace tonghu::rpc {

// The caller. Goes with commands into events and audit.
using Caller = principal::Principal;
using CallerPtr = std::shared_ptr<const Caller>;

// The operator at the machine, operators/local, who may do everything.
CallerPtr LocalOperator();

// The caller of a connection from `peer`, the name in the client's certificate ("services/gateway",
// "operators/local"; empty: no TLS, which is for tests, and the local operator's), with the metadata
// "tonghu-identity-bin" or without. A peer without identity calls for itself; `verifier` may be null, and no
// identity is then believed. Errors: UNAUTHENTICATED NOT_SIGNED_IN for a peer that is none of ours, and
// Verifier::Verify's.
absl::StatusOr<CallerPtr> Identify(const std::string& peer, const grpc::ServerContextBase& context,
                                   principal::Verifier* verifier, absl::Time now);

}  // namespace tonghu::rpc
