#include "libs/rpc/unary.h"

#include <chrono>

#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"

namespace tonghu::rpc {
namespace {

// Nobody waits for the answer any more: the error says which, for tests and traces.
absl::Status StillWanted(const grpc::CallbackServerContext& context) {
  if (context.deadline() <= std::chrono::system_clock::now())
    return absl::DeadlineExceededError("the deadline passed before work began");
  if (context.IsCancelled()) return absl::CancelledError("cancelled before work began");
  return absl::OkStatus();
}

absl::Status Busy() {
  return refusal::Make({absl::StatusCode::kResourceExhausted, "SERVER_BUSY", "",
                        "too many calls wait already; try again shortly",
                        "系统繁忙，排队的请求过多，请稍后重试。"});
}

}  // namespace

grpc::ServerUnaryReactor* RunErased(Workers& workers, grpc::CallbackServerContext* context,
                                    const google::protobuf::Message& request,
                                    std::function<absl::Status()> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (absl::Status text = CheckText(request); !text.ok()) {
    reactor->Finish(ToGrpc(text));
    return reactor;
  }
  const bool taken = workers.Submit([context, reactor, work = std::move(work)] {
    absl::Status status = StillWanted(*context);
    if (status.ok()) status = work();
    reactor->Finish(ToGrpcLogged(status));
  });
  if (!taken) reactor->Finish(ToGrpc(Busy()));
  return reactor;
}

}  // namespace tonghu::rpc
