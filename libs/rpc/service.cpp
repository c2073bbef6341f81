#include "libs/rpc/service.h"

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace tonghu::rpc {

void Service::RawClientStream(std::string_view method,
                              std::function<grpc::ServerReadReactor<grpc::ByteBuffer>*(
                                  const Endpoint&, grpc::CallbackServerContext*, grpc::ByteBuffer*)>
                                  begin) {
  const Endpoint* endpoint = Offer(method, {});
  if (endpoint == nullptr) return;
  Add(*endpoint, grpc::internal::RpcMethod::CLIENT_STREAMING,
      new grpc::internal::CallbackClientStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
          [endpoint, begin = std::move(begin)](grpc::CallbackServerContext* context,
                                               grpc::ByteBuffer* reply) {
            return begin(*endpoint, context, reply);
          }));
}

absl::Status Service::Complete() const {
  if (!mistake_.ok()) return mistake_;
  for (int i = 0; i < descriptor_.method_count(); ++i) {
    if (!endpoints_.contains(descriptor_.method(i)->name()))
      return absl::FailedPreconditionError(
          absl::StrCat(descriptor_.method(i)->full_name(), " has nothing behind it"));
  }
  return absl::OkStatus();
}

const Endpoint* Service::Offer(std::string_view method, Body body) {
  const auto* descriptor = descriptor_.FindMethodByName(std::string(method));
  if (descriptor == nullptr || endpoints_.contains(method)) {
    // Mistakes are kept rather than returned, so that services register their methods in plain lines; the
    // server asks Complete before it starts.
    mistake_.Update(absl::FailedPreconditionError(
        absl::StrCat(descriptor_.full_name(), " has no (second) method ", std::string(method))));
    return nullptr;
  }
  auto endpoint = pipeline_.Offer(*descriptor, std::move(body));
  if (!endpoint.ok()) {
    mistake_.Update(endpoint.status());
    return nullptr;
  }
  return endpoints_.emplace(std::string(method), *std::move(endpoint)).first->second.get();
}

// Adds a method in the way of generated code; gRPC has no other way.
void Service::Add(const Endpoint& endpoint, grpc::internal::RpcMethod::RpcType type,
                  grpc::internal::MethodHandler* handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(endpoint.method.path().c_str(), type, nullptr));
  // gRPC numbers methods in the order in which they are added.
  const int index = added_++;
  if (type == grpc::internal::RpcMethod::CLIENT_STREAMING) {
    MarkMethodRawCallback(index, handler);
  } else {
    MarkMethodCallback(index, handler);
  }
}

void Service::OnWorker(std::shared_ptr<const Call> call, size_t bytes,
                       std::function<absl::Status(const Call&)> work, Body::Done done) {
  // Asked again on the worker: a caller may leave while the call waits for a thread.
  const bool taken = pipeline_.workers().Submit(
      [call = std::move(call), work = std::move(work), done] {
        done({call->Wanted() ? work(*call) : absl::CancelledError("cancelled before work began")});
      },
      bytes);
  if (!taken) done({refusal::ServerBusy()});
}

}  // namespace tonghu::rpc
