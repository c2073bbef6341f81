// Single sign-on: what is served on the socket that only the operator's own front reaches.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "libs/clock/clock.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/app/rates.h"
#include "services/gateway/domain/single_sign_on.h"
#include "services/gateway/http/connection.h"
#include "services/gateway/http/gateway.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"

namespace tonghu::gateway {

// One path, at which somebody whom the identity provider has signed in gets a session and goes on to the
// pages. The front says who that is; nothing else on this socket is answered. Thread-safe.
class SingleSignOn {
 public:
  // `channel` leads to access; null when there is none, and then nobody gets a session. The others outlive
  // it.
  struct Parts {
    std::shared_ptr<grpc::Channel> channel;
    Rates& rates;
    const clock::Clock& wall;
    metrics::Metrics& metrics;
  };
  SingleSignOn(const Parts& parts, SsoSettings settings, Manners manners);

  // Handles one request, as a Connection::Handler.
  boost::asio::awaitable<void> Handle(Connection& connection, const Request& request);

 private:
  // Opens the session. A status that is not OK says why not.
  boost::asio::awaitable<grpc::Status> Open(Connection& connection,
                                            access::v1::CreateFederatedSessionRequest request,
                                            std::string& token);
  boost::asio::awaitable<grpc::Status> Try(Connection& connection, const Request& request,
                                           const Target& target, std::string& token);
  boost::asio::awaitable<void> Refuse(Connection& connection, const Request& request,
                                      const grpc::Status& status);

  const std::unique_ptr<access::v1::SessionService::Stub> access_;
  Rates& rates_;
  const clock::Clock& wall_;
  prometheus::Counter& opened_;
  prometheus::Counter& refused_;
  const SsoSettings settings_;
  const Manners manners_;
};

}  // namespace tonghu::gateway
