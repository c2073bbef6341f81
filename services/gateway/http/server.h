// The HTTP/1.1 server: listens (http/listener.h), spreads connections over threads, ends those that take too
// long.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/http/connection.h"
#include "services/gateway/http/limits.h"

namespace tonghu::gateway {

struct ServerOptions {
  std::string listen;  // as a Listening names it
  int threads = 2;
  Limits limits;
  unsigned socket_mode = 0600;  // of a unix socket's file
};

// Serves until stopped. Thread-safe.
class Server {
 public:
  // `handler` is called on the server's threads; what it uses outlives the server. `uncounted` says for which
  // addresses connections are not counted one by one (proxies). Errors: those of Listen.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, Connection::Handler handler,
                                                       std::function<bool(const std::string&)> uncounted);
  ~Server();
  int port() const;  // 0 for a unix socket
  int connections() const;
  // Takes no new connections and no new requests, gives those under way `grace` to end, then cuts them off.
  // Idempotent.
  void Stop(absl::Duration grace);

 private:
  struct Loop;
  struct State;
  explicit Server(std::unique_ptr<State> state);
  const std::unique_ptr<State> state_;
};

}  // namespace tonghu::gateway
