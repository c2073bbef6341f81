// The bodies of requests: read as they come, counted and timed; what nobody wants is thrown away.
#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "services/gateway/app/errors.h"
#include "services/gateway/http/connection.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

// Of a body that nobody wants, before the connection is closed: at least this, and no less than is taken of
// one that is wanted.
constexpr size_t kLeastDiscarded = 256 << 10;
constexpr auto kLinger = std::chrono::seconds(2);

// The time that so many bytes take at the least rate.
Connection::Clock::duration TimeOf(size_t bytes) {
  return std::chrono::milliseconds(bytes * 1000 / kLeastRate);
}

}  // namespace

absl::Status Connection::CheckLength(Body body, size_t bytes) const {
  const size_t most = body == Body::kWhole ? limits_.body_bytes : limits_.upload_bytes;
  return bytes > most ? TooLarge("the request is longer than the gateway takes", most) : absl::OkStatus();
}

absl::Status Connection::BeginBody(Body body) {
  if (std::exchange(progress_.begun, true)) return absl::OkStatus();
  progress_.patience = limits_.body_time;
  if (body == Body::kWhole) progress_.patience += TimeOf(limits_.body_bytes);
  return CheckLength(body, parser_->content_length().value_or(0));
}

absl::Status Connection::Count(Body body, size_t bytes, Clock::duration took) {
  progress_.bytes += bytes;
  progress_.patience -= took;
  // An upload gains time by what it brings, so that its length does not matter and a trickle is cut off.
  if (body == Body::kUpload)
    progress_.patience = std::min<Clock::duration>(progress_.patience + TimeOf(bytes), limits_.body_time);
  return CheckLength(body, progress_.bytes);
}

asio::awaitable<absl::Status> Connection::ReadPiece(Body body, std::string& piece) {
  piece.clear();
  if (parser_->is_done()) co_return absl::OkStatus();
  const absl::Status begun = BeginBody(body);
  if (!begun.ok()) co_return begun;
  if (std::exchange(expects_, false)) {
    const bool sent = co_await Send("HTTP/1.1 100 Continue\r\n\r\n", "");
    if (!sent) co_return absl::CancelledError("the client has gone");
  }
  piece.resize(kReadBytes);
  auto& place = parser_->get().body();
  place.data = piece.data();
  place.size = piece.size();
  const Clock::time_point from = Clock::now();
  deadline_ = from + progress_.patience;
  error_code error;
  progress_.reading = true;
  while (!error && !progress_.stopped && place.size == piece.size() && !parser_->is_done())
    co_await http::async_read_some(socket_, buffer_, *parser_,
                                   asio::redirect_error(asio::use_awaitable, error));
  progress_.reading = false;
  deadline_ = Clock::time_point::max();
  if (progress_.stopped || (error && error != http::error::need_buffer)) {
    keep_alive_ = false;
    co_return absl::CancelledError("the client has gone, or the body's frames are broken");
  }
  piece.erase(piece.size() - place.size);
  co_return Count(body, piece.size(), Clock::now() - from);
}

void Connection::StopReading() {
  progress_.stopped = true;
  error_code ignored;
  if (progress_.reading) socket_.cancel(ignored);
}

asio::awaitable<absl::Status> Connection::ReadBody(std::function<absl::Status(absl::string_view)> take) {
  std::string piece;
  do {
    const absl::Status read = co_await ReadPiece(Body::kWhole, piece);
    if (!read.ok()) co_return read;
    const absl::Status taken = take(piece);
    if (!taken.ok()) co_return taken;
  } while (!piece.empty());
  co_return absl::OkStatus();
}

// Closing with unread input resets the connection, and the client loses the answer. So what still comes is
// read and thrown away for a moment.
asio::awaitable<void> Connection::Linger() {
  error_code error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  deadline_ = Clock::now() + kLinger;
  std::array<char, 4096> rest;
  const size_t most = std::max(kLeastDiscarded, limits_.body_bytes);
  size_t total = 0;
  while (!error && !dead_ && total < most) {
    total += co_await socket_.async_read_some(asio::buffer(rest),
                                              asio::redirect_error(asio::use_awaitable, error));
  }
}

}  // namespace tonghu::gateway
