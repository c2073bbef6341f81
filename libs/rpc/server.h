// A gRPC server with health, reflection, message and stream limits; and channels to other services.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/position.h"
#include "libs/rpc/tls.h"

namespace tonghu::rpc {

struct ServerOptions {
  std::string listen;                 // "127.0.0.1:0" picks a port
  bool reflection = false;            // lists and describes the services to anyone; locally only
  int max_message_bytes = 4 << 20;    // larger requests are refused with RESOURCE_EXHAUSTED
  int max_concurrent_streams = 1000;  // per connection
  std::shared_ptr<const Tls> tls;     // null: anybody is served, unencrypted; for tests
};

// A gRPC server that serves until stopped. Thread-safe.
class Server {
 public:
  // `services` (and the Workers they use) outlive the server. Errors: UNAVAILABLE when the address can't be
  // bound (the sentence names it); FAILED_PRECONDITION when an rpc::Service among them is not complete.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<grpc::Service*>& services);
  ~Server();
  int port() const { return port_; }
  // Sets what the health service says from now on: SERVING or NOT_SERVING. Calls are taken either way.
  void Serve(bool serving);
  // Turns health to NOT_SERVING, gives calls under way `grace` to end, then cancels the rest. Idempotent.
  void Stop(absl::Duration grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, int port);
  const std::unique_ptr<grpc::Server> server_;
  const int port_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

struct DialOptions {
  std::shared_ptr<const Tls> tls;   // null: without TLS
  std::string service;              // "pairing": the server must show this service's certificate
  std::shared_ptr<Positions> seen;  // calls hand on what their caller has seen, and learn from the answers
};

// Makes a channel over all replicas ("127.0.0.1:1,127.0.0.1:2"): round robin, reconnecting within a second,
// keepalive set. Never fails; calls on the channel do: UNAVAILABLE also where one side does not accept the
// other's certificate. Several replicas must be IP addresses of one kind (or localhost); a single one may be
// a host name, of which every address is used.
std::shared_ptr<grpc::Channel> Dial(const std::string& addresses, const DialOptions& options = {});

// A client context with a deadline. Every outgoing call has a deadline.
std::unique_ptr<grpc::ClientContext> WithDeadline(absl::Duration timeout);

// Checks that every string in a request, at any depth, is valid UTF-8 without NUL, which PostgreSQL does not
// take; `bytes` are not looked at. (Bad UTF-8 already fails the parse, see README.) Errors: INVALID_ARGUMENT,
// reason TEXT_MALFORMED, naming the field ("children[2].name"; map entries by number).
absl::Status CheckText(const google::protobuf::Message& request);

}  // namespace tonghu::rpc
