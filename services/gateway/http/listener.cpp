#include "services/gateway/http/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;
using boost::system::error_code;

constexpr int kBacklog = 1024;
constexpr int kUnackedMs = 60'000;  // a peer that acknowledges nothing for so long has gone
constexpr size_t kMostPath = 107;   // of a unix socket (sun_path)

absl::StatusOr<tcp::endpoint> EndpointOf(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  int port = 0;
  error_code error;
  const auto address = asio::ip::make_address(listen.substr(0, colon), error);
  if (error || colon == std::string::npos || !absl::SimpleAtoi(listen.substr(colon + 1), &port) || port < 0 ||
      port > 65535)
    return absl::InvalidArgumentError(absl::StrCat("listen: ", listen, " is no address and port"));
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

absl::Status Failed(const std::string& where, const std::string& why) {
  return absl::UnavailableError(absl::StrCat("can't listen on ", where, ": ", why));
}

// Takes away the file of a socket that nobody listens on any more. Any other file stays, and so does a socket
// that is in use.
absl::Status MakeRoom(const std::string& path) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return absl::OkStatus();
  if (!S_ISSOCK(file.st_mode)) return Failed(path, "there is a file that is no socket");
  asio::io_context context;
  Local::socket probe(context);
  error_code error;
  probe.connect(Local::endpoint(path), error);
  if (error != asio::error::connection_refused) return Failed(path, "somebody listens there already");
  return ::unlink(path.c_str()) == 0 ? absl::OkStatus() : Failed(path, std::strerror(errno));
}

absl::StatusOr<std::unique_ptr<Acceptor>> ListenTcp(asio::io_context& context, const std::string& where) {
  auto endpoint = EndpointOf(where);
  if (!endpoint.ok()) return endpoint.status();
  auto acceptor = std::make_unique<Acceptor>(context);
  error_code error;
  acceptor->open(endpoint->protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(*endpoint, error);
  if (!error) acceptor->listen(kBacklog, error);
  if (error) return Failed(where, error.message());
  return acceptor;
}

absl::StatusOr<std::unique_ptr<Acceptor>> ListenLocal(asio::io_context& context, const std::string& path,
                                                      unsigned mode) {
  if (path.empty() || path[0] != '/' || path.size() > kMostPath)
    return absl::InvalidArgumentError(
        absl::StrCat("listen: ", path, " is no absolute path of at most 107 bytes"));
  if (absl::Status room = MakeRoom(path); !room.ok()) return room;
  auto acceptor = std::make_unique<Acceptor>(context);
  error_code error;
  acceptor->open(Local(), error);
  if (!error) acceptor->bind(Local::endpoint(path), error);
  // Nobody can connect before `listen`, so that the mode holds from the beginning.
  if (!error && ::chmod(path.c_str(), mode) != 0) return Failed(path, std::strerror(errno));
  if (!error) acceptor->listen(kBacklog, error);
  if (error) return Failed(path, error.message());
  return acceptor;
}

tcp::endpoint TcpOf(const asio::generic::stream_protocol::endpoint& endpoint) {
  tcp::endpoint plain;
  if (endpoint.size() > plain.capacity()) return plain;
  std::memcpy(plain.data(), endpoint.data(), endpoint.size());
  plain.resize(endpoint.size());
  return plain;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Listen(asio::io_context& context, const Listening& listening) {
  absl::string_view path = listening.where;
  if (absl::ConsumePrefix(&path, "unix:")) return ListenLocal(context, std::string(path), listening.mode);
  return ListenTcp(context, listening.where);
}

int PortOf(const Acceptor& acceptor) {
  error_code error;
  const auto endpoint = acceptor.local_endpoint(error);
  return error || endpoint.protocol().family() == AF_UNIX ? 0 : TcpOf(endpoint).port();
}

std::optional<std::string> Meet(StreamSocket& socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  if (peer.protocol().family() == AF_UNIX) return "";
  socket.set_option(tcp::no_delay(true), error);
  socket.set_option(asio::socket_base::keep_alive(true), error);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnackedMs, sizeof kUnackedMs);
  return TcpOf(peer).address().to_string();
}

}  // namespace tonghu::gateway
