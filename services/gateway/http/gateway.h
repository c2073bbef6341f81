// The passage: finds out what a request wants, and hands it to the service or the site.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/app/errors.h"
#include "services/gateway/app/rates.h"
#include "services/gateway/app/schema.h"
#include "services/gateway/app/site.h"
#include "services/gateway/backend/backends.h"
#include "services/gateway/backend/call.h"
#include "services/gateway/backend/identities.h"
#include "services/gateway/domain/address.h"
#include "services/gateway/domain/metadata.h"
#include "services/gateway/http/connection.h"

namespace tonghu::gateway {

// How the gateway behaves.
struct Manners {
  bool open = false;  // calls need no caller and methods no rule: to hold a conformance run against it
  bool secure_cookie = true;  // the session's cookie travels by TLS only
  Passing passing;
  Networks proxies;      // whose X-Forwarded-For is believed
  std::string sso_path;  // what pages are told of single sign-on (domain/single_sign_on.h)
  std::string sso_sign_out;
  std::vector<std::string> origins;    // of pages that may call, beside the gateway's own
  int calls_per_account = 600;         // in Rates::kWindow; 0: no limit
  int calls_per_address = 3000;        // the same for an address, behind which a whole office may be
  std::chrono::seconds ask_again{30};  // how often access is asked whether an open stream may go on
};

// A request and what is known of it.
struct Visit {
  const Request* request = nullptr;
  Target target;
  Caller caller;
  bool by_cookie = false;
  bool https = false;
};

// How a call goes on: the messages as services take them, and how answers are written.
struct Passage {
  const Method* method = nullptr;
  std::string service;
  MediaType type;
  std::string request_encoding;
  bool gzip = false;  // the client takes gzip
  absl::Duration timeout;
};

// An upload: messages there as they come, one answer.
inline bool IsUpload(const Method& method) {
  return method.descriptor->client_streaming() && !method.descriptor->server_streaming();
}

class Messages;  // http/messages.h
struct Live;     // a stream's call under way

// What the gateway is made of. All of it outlives the gateway.
struct GatewayParts {
  const Schema& schema;
  const Site& site;
  const Backends& backends;
  Identities& identities;
  Rates& rates;
  const Limits& limits;
  const clock::Clock& clock;  // what answers tell in their header Date
  const clock::Clock& wall;   // the machine's
  metrics::Metrics& metrics;
};

// Thread-safe.
class Gateway {
 public:
  Gateway(const GatewayParts& parts, Manners manners);

  // Handles one request, as a Connection::Handler.
  boost::asio::awaitable<void> Handle(Connection& connection, const Request& request);

 private:
  Visit Look(const Connection& connection, const Request& request, Target target) const;
  const Method* FindMethod(absl::string_view path, std::string& service) const;
  boost::asio::awaitable<void> Refuse(Connection& connection, const Visit& visit, int status,
                                      Headers headers = {});
  boost::asio::awaitable<void> ServePage(Connection& connection, const Visit& visit);
  // The headers that every answer has; and those of answers that hold data.
  Headers Common(const Visit& visit) const;
  Headers DataHeaders(const Visit& visit, absl::string_view type) const;

  boost::asio::awaitable<void> Call(Connection& connection, Visit visit, Passage passage);
  // Asks access who calls.
  boost::asio::awaitable<Issued> Ask(Connection& connection, const Visit& visit, const Passage& passage);
  // Finds out who calls. Adds what the service needs to know of that to `metadata`.
  boost::asio::awaitable<grpc::Status> Identify(Connection& connection, const Visit& visit,
                                                const Passage& passage, Headers& metadata);
  boost::asio::awaitable<grpc::Status> ReadMessage(Connection& connection, const Visit& visit,
                                                   const Passage& passage, std::string& message);

  boost::asio::awaitable<void> Unary(Connection& connection, const Visit& visit, const Passage& passage);
  boost::asio::awaitable<void> AnswerUnary(Connection& connection, const Visit& visit, const Passage& passage,
                                           const grpc::Status& status, std::string reply, Headers headers);
  absl::Status KeepSession(const Visit& visit, const Passage& passage, std::string& reply, Headers& headers);

  boost::asio::awaitable<void> Stream(Connection& connection, const Visit& visit, const Passage& passage);
  // What a stream's call begins with. Errors: what the call is refused with before the service is called.
  struct Opening {
    CallParts parts;
    std::vector<std::string> first;  // messages: all, or of an upload the first
  };
  boost::asio::awaitable<grpc::Status> Prepare(Connection& connection, const Visit& visit,
                                               const Passage& passage, Messages& messages, Opening& opening);
  boost::asio::awaitable<grpc::Status> ReadFirst(const Passage& passage, Messages& messages,
                                                 std::vector<std::string>& first);
  boost::asio::awaitable<void> Upload(Live& live, Messages& messages);
  boost::asio::awaitable<void> Relay(Live& live);
  // From time to time asks access again whether a stream may go on.
  boost::asio::awaitable<void> AskAgain(Live& live);
  boost::asio::awaitable<void> EndStream(Connection& connection, const Visit& visit, const Passage& passage,
                                         const grpc::Status& status, const Headers& trailers, bool begun);
  std::string Framed(const Passage& passage, uint8_t flags, std::string message) const;
  Headers StreamHeaders(const Visit& visit, const Passage& passage) const;

  const Schema& schema_;
  const Site& site_;
  const Backends& backends_;
  Identities& identities_;
  Rates& rates_;
  const Manners manners_;
  const Limits& limits_;
  const clock::Clock& clock_;
  const clock::Clock& wall_;
  prometheus::Counter& calls_;
  prometheus::Counter& pages_;
  prometheus::Counter& refused_;
  prometheus::Gauge& streams_;
};

// The time-out that the client names; infinite when there is none. Errors: INVALID_ARGUMENT for a time-out
// that is none, and for a version of the Connect protocol other than 1.
absl::StatusOr<absl::Duration> TimeoutOf(const Visit& visit);

// A word that nobody guesses, for a page's Content-Security-Policy.
std::string NewNonce();

// The gateway's own error as a service would give it.
grpc::Status Plain(const absl::Status& status);

// An error of gRPC's as Connect needs it.
CallError ErrorOf(const grpc::Status& status);

}  // namespace tonghu::gateway
