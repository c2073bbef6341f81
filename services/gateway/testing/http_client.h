// A client of raw HTTP/1.1 for tests: sends exactly the bytes it is given.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/clock/waker.h"

namespace tonghu::gateway::testing {

struct HttpReply {
  int status = 0;                                   // 0: the connection ended without an answer
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;                                 // out of its chunks

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// One connection. Not thread-safe.
class HttpClient {
 public:
  // `receive_buffer`: of the socket; 0: the system's. `from`: the client's own address, one of the
  // loopback's.
  explicit HttpClient(int port, int receive_buffer = 0, uint32_t from = INADDR_LOOPBACK) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(from);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own);
    if (receive_buffer > 0)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  // Of a unix socket.
  explicit HttpClient(const std::string& path) {
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~HttpClient() { Close(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  bool connected() const { return connected_; }
  int socket() const { return socket_; }
  void Close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  bool Send(const std::string& bytes) {
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<size_t>(n);
    }
    return true;
  }
  // Reads until `bytes_` has at least `size` bytes; false at the end, an error, or after `time`.
  bool Fill(size_t size, absl::Duration time = absl::Seconds(30)) {
    const absl::Time until = clock::MonotonicNow() + time;
    while (bytes_.size() < size) {
      pollfd wait{socket_, POLLIN, 0};
      const int64_t left = absl::ToInt64Milliseconds(until - clock::MonotonicNow());
      if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
      char piece[65536];
      const ssize_t n = ::recv(socket_, piece, sizeof piece, 0);
      if (n <= 0) return false;
      bytes_.append(piece, static_cast<size_t>(n));
    }
    return true;
  }
  // Whether the other side ends the connection within `time`; what still comes is thrown away.
  bool Ends(absl::Duration time) {
    const absl::Time until = clock::MonotonicNow() + time;
    while (clock::MonotonicNow() < until) {
      bytes_.clear();
      if (!Fill(1, until - clock::MonotonicNow())) return clock::MonotonicNow() < until;
    }
    return false;
  }
  HttpReply ReadHead() {
    HttpReply reply;
    size_t end;
    while ((end = bytes_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill(bytes_.size() + 1)) return reply;
    }
    const std::string head = bytes_.substr(0, end + 2);
    bytes_.erase(0, end + 4);
    reply.status = std::atoi(head.substr(9, 3).c_str());
    for (size_t at = head.find("\r\n") + 2; at < head.size();) {
      const size_t stop = head.find("\r\n", at);
      const size_t colon = head.find(':', at);
      reply.headers.emplace(absl::AsciiStrToLower(head.substr(at, colon - at)),
                            head.substr(colon + 2, stop - colon - 2));
      at = stop + 2;
    }
    return reply;
  }
  // The next chunk of a body; empty at its end, or when the connection ends.
  std::string ReadChunk() {
    size_t line;
    while ((line = bytes_.find("\r\n")) == std::string::npos) {
      if (!Fill(bytes_.size() + 1)) return "";
    }
    const size_t size = std::strtoul(bytes_.substr(0, line).c_str(), nullptr, 16);
    if (!Fill(line + 2 + size + 2)) return "";
    std::string chunk = bytes_.substr(line + 2, size);
    bytes_.erase(0, line + 2 + size + 2);
    return chunk;
  }
  HttpReply Read(bool head_only = false) {
    HttpReply reply = ReadHead();
    if (reply.status == 0 || reply.status == 304 || head_only) return reply;
    if (reply.header("transfer-encoding") == "chunked") {
      for (std::string chunk = ReadChunk(); !chunk.empty(); chunk = ReadChunk()) reply.body += chunk;
      return reply;
    }
    const size_t length = std::strtoul(reply.header("content-length").c_str(), nullptr, 10);
    if (!Fill(length)) reply.status = 0;
    reply.body = bytes_.substr(0, length);
    bytes_.erase(0, length);
    return reply;
  }
  HttpReply Ask(const std::string& bytes) {
    Send(bytes);
    return Read();
  }

 private:
  int socket_ = -1;
  bool connected_ = false;
  std::string bytes_;  // read, not yet given
};

// A port of this machine that nobody listens on.
inline int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

// The bytes of a request; `headers` are whole lines.
inline std::string RequestBytes(const std::string& line, const std::string& headers,
                                const std::string& body) {
  return absl::StrCat(line, " HTTP/1.1\r\nHost: tonghu.test\r\n", headers, "Content-Length: ", body.size(),
                      "\r\n\r\n", body);
}

}  // namespace tonghu::gateway::testing
