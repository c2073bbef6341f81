// A private nats-server for tests of the bus.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

#include "tests/harness/server_process.h"

namespace tonghu::harness {

// Started again it listens on the same port.
class NatsServer final : public ServerProcess {
 public:
  std::string url() const { return absl::StrCat("nats://127.0.0.1:", port_); }

  // Starts it and waits until it takes clients. False when it isn't ready in 10 s (or nats-server is not on
  // PATH).
  bool Start() {
    return Run({"nats-server", "-a", "127.0.0.1", "-p", absl::StrCat(port_), "-js", "-sd", dir()},
               STDERR_FILENO, "Server is ready");
  }

  // The server loses everything it stored. Only while it is not running.
  void Wipe() { std::filesystem::remove_all(dir() + "/jetstream"); }

 private:
  static int FreePort() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    ::bind(fd, reinterpret_cast<sockaddr*>(&at), size);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
    ::close(fd);
    return ntohs(at.sin_port);
  }

  const int port_ = FreePort();
};

}  // namespace tonghu::harness
