#include "libs/rpc/hand_on.h"

#include <utility>

namespace tonghu::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;

class Interceptor final : public grpc::experimental::Interceptor {
 public:
  explicit Interceptor(std::shared_ptr<Positions> seen) : seen_(std::move(seen)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      std::string after = seen_->Text();
      if (!after.empty()) methods->GetSendInitialMetadata()->emplace(kAfterKey, std::move(after));
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      const auto [begin, end] = methods->GetRecvTrailingMetadata()->equal_range(kPositionKey);
      for (auto it = begin; it != end; ++it) {
        const auto positions = ParsePositions(std::string_view(it->second.data(), it->second.size()));
        if (!positions.ok()) continue;
        for (const Position& position : *positions) seen_->Add(position);
      }
    }
    methods->Proceed();
  }

 private:
  const std::shared_ptr<Positions> seen_;
};

}  // namespace

grpc::experimental::Interceptor* HandOn::CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) {
  return new Interceptor(seen_);  // gRPC owns it
}

}  // namespace tonghu::rpc
