// An asynchronous unary call whose answer waits until the calling thread looks for it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::journal {

// One caller's calls, at most one under way. All methods are called from one thread.
template <class Request, class Response>
class PendingCall {
 public:
  // Begins the call on a stub: stub->async()->Method(context, request, response, done).
  using Begin = std::function<void(grpc::ClientContext*, const Request*, Response*,
                                   std::function<void(grpc::Status)> done)>;

  // `arrived` is called on a thread of gRPC's when an answer is there. It must not block, and what it uses
  // outlives this object.
  explicit PendingCall(std::function<void()> arrived) : arrived_(std::move(arrived)) {}
  // Cancels the call under way and waits for its end: `arrived` is not called afterwards.
  ~PendingCall() {
    if (call_ == nullptr) return;
    call_->context->TryCancel();
    absl::MutexLock lock(&call_->mutex);
    call_->mutex.Await(absl::Condition(&call_->done));
  }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  // Whether no call is under way and no answer waits to be taken.
  bool idle() const { return call_ == nullptr; }

  // Begins a call that ends after `timeout` at the latest. Only when idle.
  void Start(Request request, absl::Duration timeout, const Begin& begin) {
    call_ = std::make_shared<Call>();
    call_->context = rpc::WithDeadline(timeout);
    call_->request = std::move(request);
    begin(call_->context.get(), &call_->request, &call_->response,
          [call = call_, arrived = arrived_](const grpc::Status& status) {
            absl::MutexLock lock(&call->mutex);
            call->status = status;
            call->done = true;
            arrived();
          });
  }

  // The answer, once it is there; then a new call may begin.
  std::optional<absl::StatusOr<Response>> Take() {
    if (call_ == nullptr) return std::nullopt;
    {
      absl::MutexLock lock(&call_->mutex);
      if (!call_->done) return std::nullopt;
    }
    const std::shared_ptr<Call> ended = std::exchange(call_, nullptr);
    if (!ended->status.ok()) return rpc::FromGrpc(ended->status);
    return std::move(ended->response);
  }

 private:
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    Request request;
    Response response;    // the calling thread's again once `done`
    grpc::Status status;  // likewise
    absl::Mutex mutex;
    bool done ABSL_GUARDED_BY(mutex) = false;
  };

  const std::function<void()> arrived_;
  std::shared_ptr<Call> call_;  // shared with the callback
};

}  // namespace tonghu::journal
