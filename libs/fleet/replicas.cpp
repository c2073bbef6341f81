#include "libs/fleet/replicas.h"

#include "absl/synchronization/blocking_counter.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::fleet {

const std::vector<std::string>& HeardBy(std::string_view service) {
  // As the services' main.cpp say (Node::Work::producers).
  static const auto& heard = *new std::map<std::string, std::vector<std::string>, std::less<>>{
      {"pairing", {"registry"}},
      {"alerts", {"registry", "pairing", "reporting", "access"}},
      {"reporting", {"registry", "pairing", "alerts"}},
      {"access", {"registry", "pairing", "alerts"}},
  };
  static const auto& nobody = *new std::vector<std::string>;
  const auto found = heard.find(service);
  return found == heard.end() ? nobody : found->second;
}

Replicas::Replicas(const client::Endpoints& endpoints) {
  for (const auto& [service, addresses] : endpoints.replicas) {
    for (const std::string& address : addresses) {
      auto channel = rpc::Dial(address, {.tls = endpoints.tls, .service = service});
      replicas_.push_back({service, address, channel, journal::v1::JournalService::NewStub(channel)});
    }
  }
}

Look Replicas::Ask(absl::Duration timeout) const {
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    journal::v1::GetStatusRequest request;
    journal::v1::JournalStatus response;
  };
  std::vector<Call> calls(replicas_.size());
  Look look(replicas_.size());
  // All are asked at once, so that a look is a moment's picture and one silent replica costs its time-out
  // once.
  absl::BlockingCounter left(static_cast<int>(replicas_.size()));
  for (size_t i = 0; i < replicas_.size(); ++i) {
    look[i].service = replicas_[i].service;
    look[i].address = replicas_[i].address;
    look[i].asked = absl::Now();
    calls[i].context = rpc::WithDeadline(timeout);
    replicas_[i].journal->async()->GetStatus(
        calls[i].context.get(), &calls[i].request, &calls[i].response,
        [&left, &call = calls[i], &answer = look[i]](const grpc::Status& status) {
          answer.answered = absl::Now();
          if (status.ok()) {
            answer.status = std::move(call.response);
          } else {
            answer.status = rpc::FromGrpc(status);
          }
          left.DecrementCount();
        });
  }
  // The callbacks write into `calls` and `look`. Each call has a time-out, so this wait is bounded.
  left.Wait();
  return look;
}

}  // namespace tonghu::fleet
