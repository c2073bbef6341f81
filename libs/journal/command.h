// A unary gRPC method that is a command: checks the request, queues it in its handler, finishes the call with
// the decision.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/ids/names.h"
#include "libs/journal/command_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/position.h"
#include "libs/rpc/server.h"

namespace tonghu::journal {

// Errors: INVALID_ARGUMENT, reason REQUEST_ID_MALFORMED, unless empty or 1 .. 64 letters, digits and hyphens.
absl::Status CheckRequestId(std::string_view request_id);

// Whether somebody still waits for the answer. Until the call is finished.
bool IsWanted(const grpc::CallbackServerContext& context);

// A command on its way: copied into what goes on with it.
template <class Request, class Reply>
struct CommandCall {
  CommandHandler<Request, Reply>* handler;
  grpc::CallbackServerContext* context;
  const Request* request;  // lives, like `reply`, until the call is finished
  Reply* reply;
  std::string county;
  grpc::ServerUnaryReactor* reactor;
  CommandHandler<Request, Reply>* regardless = nullptr;  // of the same name; see RunCommand

  void Begin() const {
    rpc::Gate* const gate = handler->executor().gate();
    if (gate == nullptr) return Decide(false);
    gate->Enter(*context, {handler->urgency(), request->ByteSizeLong()},
                [call = *this](const absl::Status& entered) {
                  entered.ok() ? call.Decide(true) : call.Finish(entered);
                });
  }

  void Decide(bool may_ask) const {
    handler->Submit({county, request->request_id(), [context = context] { return IsWanted(*context); }},
                    *request, [call = *this, may_ask](absl::StatusOr<Reply> result, int64_t position) {
                      call.Decided(std::move(result), position, may_ask);
                    });
  }

  void Decided(absl::StatusOr<Reply> result, int64_t position, bool may_ask) const {
    if (may_ask && !refusal::OwnerOf(result.status()).empty()) {
      return handler->executor().gate()->Ask(
          result.status(), *request, [call = *this](const absl::Status& asked) { call.Asked(asked); });
    }
    if (position > 0) rpc::AddPosition(*context, handler->executor().PositionOf(county, position));
    if (result.ok()) *reply = *std::move(result);
    Finish(result.status());
  }

  void Asked(const absl::Status& asked) const {
    if (asked.ok()) return Decide(false);
    if (regardless == nullptr) return Finish(asked);
    CommandCall call = *this;
    call.handler = regardless;
    call.Decide(false);
  }

  void Finish(const absl::Status& status) const {
    handler->executor().Report(*handler, county, status);
    reactor->Finish(rpc::ToGrpc(status));
  }
};

// Waits for what the caller has seen (rpc::Gate), has the command decided, a second time when it named what
// this service may only not have heard of, answers. `county` comes from the request's parent or name
// (ids::ParseParent, ids::ParseName). Where it can't be told whether what is named exists, `regardless`
// decides: another handler of the same name, for what may not be refused then.
template <class Request, class Reply>
grpc::ServerUnaryReactor* RunCommand(CommandHandler<Request, Reply>& handler,
                                     grpc::CallbackServerContext* context, const Request* request,
                                     Reply* reply, const absl::StatusOr<std::string>& county,
                                     CommandHandler<Request, Reply>* regardless = nullptr) {
  absl::Status checked = rpc::CheckText(*request);
  if (checked.ok()) checked = CheckRequestId(request->request_id());
  if (checked.ok()) checked = county.status();
  if (!checked.ok()) return rpc::Finish<Reply>(context, checked, reply);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  CommandCall<Request, Reply>{&handler, context, request, reply, *county, reactor, regardless}.Begin();
  return reactor;
}

// The county in a resource name.
inline absl::StatusOr<std::string> CountyOf(const absl::StatusOr<ids::Name>& name) {
  if (!name.ok()) return name.status();
  return name->county;
}

}  // namespace tonghu::journal
