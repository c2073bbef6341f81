#include "libs/rpc/unary.h"

#include <chrono>

#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/faults.h"

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

// A question on its way; copied into what goes on with it.
struct Question {
  Workers* workers;
  grpc::CallbackServerContext* context;
  const google::protobuf::Message* request;  // lives until the call is finished
  grpc::ServerUnaryReactor* reactor;
  std::function<absl::Status()> work;

  void Begin(bool may_ask) const {
    const size_t bytes = request->ByteSizeLong();
    if (!workers->Submit([question = *this, may_ask] { question.Answer(may_ask); }, bytes))
      reactor->Finish(ToGrpc(Busy()));
  }

  // On a worker.
  void Answer(bool may_ask) const {
    absl::Status status = StillWanted(*context);
    const bool wanted = status.ok();
    if (wanted) status = work();
    Gate* const gate = workers->gate();
    if (gate != nullptr && may_ask && !refusal::OwnerOf(status).empty()) {
      return gate->Ask(status, *request, [question = *this](const absl::Status& asked) {
        asked.ok() ? question.Begin(false) : question.Finish(asked);
      });
    }
    if (gate != nullptr && wanted) gate->Leave(*context, *request);
    Finish(status);
  }

  void Finish(const absl::Status& status) const {
    if (workers->gate() == nullptr) return reactor->Finish(ToGrpcLogged(status));
    workers->gate()->Report(RpcOf(request->GetDescriptor()->full_name()), -1, status);
    reactor->Finish(ToGrpc(status));
  }
};

}  // namespace

grpc::ServerUnaryReactor* RunErased(Workers& workers, grpc::CallbackServerContext* context,
                                    const google::protobuf::Message& request,
                                    std::function<absl::Status()> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (absl::Status text = CheckText(request); !text.ok()) {
    reactor->Finish(ToGrpc(text));
    return reactor;
  }
  const Question question{&workers, context, &request, reactor, std::move(work)};
  if (workers.gate() == nullptr) {
    question.Begin(false);
  } else {
    workers.gate()->Enter(*context, {.bytes = request.ByteSizeLong()},
                          [question](const absl::Status& entered) {
                            entered.ok() ? question.Begin(true) : question.Finish(entered);
                          });
  }
  return reactor;
}

}  // namespace tonghu::rpc
