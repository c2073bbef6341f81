// A unary gRPC method that is a command: checks the request, queues it in its lane, finishes the call with
// the decision.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/ids/names.h"
#include "libs/journal/writer.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::journal {

// Errors: INVALID_ARGUMENT, reason REQUEST_ID_MALFORMED, unless empty or 1 .. 64 letters, digits and hyphens.
absl::Status CheckRequestId(std::string_view request_id);

// `county` comes from the request's parent or name (ids::ParseParent, ids::ParseName).
template <class Request, class Reply>
grpc::ServerUnaryReactor* RunCommand(Lane<Request, Reply>& lane, grpc::CallbackServerContext* context,
                                     const Request* request, Reply* reply,
                                     const absl::StatusOr<std::string>& county) {
  absl::Status checked = rpc::CheckText(*request);
  if (checked.ok()) checked = CheckRequestId(request->request_id());
  if (checked.ok()) checked = county.status();
  if (!checked.ok()) return rpc::Finish<Reply>(context, checked, reply);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  lane.Submit(*county, request->request_id(), *request, [reactor, reply](absl::StatusOr<Reply> result) {
    if (result.ok()) *reply = *std::move(result);
    reactor->Finish(rpc::ToGrpc(result.status()));
  });
  return reactor;
}

// The county in a resource name.
inline absl::StatusOr<std::string> CountyOf(const absl::StatusOr<ids::Name>& name) {
  if (!name.ok()) return name.status();
  return name->county;
}

}  // namespace tonghu::journal
