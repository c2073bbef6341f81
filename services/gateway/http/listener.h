// Where a server takes connections: an address and port, or a unix socket.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace tonghu::gateway {

using StreamSocket = boost::asio::generic::stream_protocol::socket;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

// "127.0.0.1:0" picks a port; "unix:/run/tonghu/sso.sock" makes the socket, in place of one that nobody
// listens on any more.
struct Listening {
  std::string where;
  unsigned mode = 0600;  // of a unix socket's file
};

// Listens. Errors: INVALID_ARGUMENT for what is no such place; UNAVAILABLE when the place can't be had.
absl::StatusOr<std::unique_ptr<Acceptor>> Listen(boost::asio::io_context& context,
                                                 const Listening& listening);

// The port; 0 for a unix socket.
int PortOf(const Acceptor& acceptor);

// The peer's address, empty behind a unix socket. Nothing when the peer has gone. Finds peers of TCP that go
// without a word from now on, also while the connection is idle.
std::optional<std::string> Meet(StreamSocket& socket);

}  // namespace tonghu::gateway
