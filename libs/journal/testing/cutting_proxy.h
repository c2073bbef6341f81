// Stands between a client and PostgreSQL and cuts a connection at the worst moment.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tonghu::journal::testing {

// Passes bytes on between connections to a socket of its own and PostgreSQL's. Thread-safe.
class CuttingProxy {
 public:
  // `server` is the folder of PostgreSQL's socket, `own` another folder; `file` the socket's name in both.
  CuttingProxy(const std::string& server, const std::string& own, const std::string& file)
      : server_(server + "/" + file), listener_(Listen(own + "/" + file)) {
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~CuttingProxy() {
    stopped_ = true;
    acceptor_.join();
    for (std::thread& pair : pairs_) pair.join();
    ::close(listener_);
  }

  // The next connection whose commit succeeds is cut before the client hears of that.
  void CutNextCommit() { armed_ = true; }
  int cuts() const { return cuts_; }

 private:
  static sockaddr_un AddressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
  }
  static int Listen(const std::string& path) {
    const sockaddr_un address = AddressOf(path);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener, 16);
    return listener;
  }
  static bool Ready(int socket) {
    pollfd wait{socket, POLLIN, 0};
    return ::poll(&wait, 1, 20) == 1;
  }

  void Accept() {
    while (!stopped_) {
      if (!Ready(listener_)) continue;
      const int client = ::accept(listener_, nullptr, nullptr);
      const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
      const sockaddr_un address = AddressOf(server_);
      ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
      pairs_.emplace_back([this, client, server] { Pass(client, server); });
    }
  }

  // Passes bytes on in both directions until one side ends, the proxy is stopped, or the connection is cut.
  void Pass(int client, int server) {
    char bytes[1 << 16];
    for (bool open = true; open && !stopped_;) {
      pollfd waits[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      ::poll(waits, 2, 20);
      for (const auto& [from, to, ready] : {std::tuple(client, server, waits[0].revents != 0),
                                            std::tuple(server, client, waits[1].revents != 0)}) {
        if (!ready || !open) continue;
        const ssize_t size = ::read(from, bytes, sizeof bytes);
        // PostgreSQL's CommandComplete message with the tag COMMIT.
        const bool committed =
            size > 0 && from == server &&
            std::string_view(bytes, size).find(std::string_view("COMMIT\0", 7)) != std::string_view::npos;
        const bool cut = committed && armed_.exchange(false);
        cuts_ += cut;
        open = size > 0 && !cut && ::send(to, bytes, size, MSG_NOSIGNAL) == size;
      }
    }
    ::close(client);
    ::close(server);
  }

  const std::string server_;
  const int listener_;
  std::atomic<bool> stopped_ = false, armed_ = false;
  std::atomic<int> cuts_ = 0;
  std::vector<std::thread> pairs_;  // the acceptor's until it has ended
  std::thread acceptor_;
};

}  // namespace tonghu::journal::testing
