#include "services/gateway/http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/domain/codes.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

// Headers that must not come twice, since two readers of the request could each take another of the two.
constexpr absl::string_view kOnce[] = {"host",
                                       "content-length",
                                       "transfer-encoding",
                                       "content-type",
                                       "content-encoding",
                                       "cookie",
                                       "authorization",
                                       "origin",
                                       "expect",
                                       "connection",
                                       "te",
                                       "connect-timeout-ms",
                                       "tonghu-purpose"};

bool HasTwice(const Headers& headers) {
  for (absl::string_view name : kOnce) {
    int count = 0;
    for (const auto& header : headers) count += absl::EqualsIgnoreCase(header.first, name) ? 1 : 0;
    if (count > 1) return true;
  }
  return false;
}

// The status with which a head is refused that can be parsed but is not wanted; 0: none.
int RefusalOf(const Request& request) {
  if (HasTwice(request.headers)) return 400;
  if (Header(request.headers, "host").empty() && !request.old) return 400;
  const absl::string_view coding = Header(request.headers, "transfer-encoding");
  if (!coding.empty() && (request.old || !Header(request.headers, "content-length").empty())) return 400;
  if (!coding.empty() && !absl::EqualsIgnoreCase(coding, "chunked")) return 501;
  return 0;
}

std::string HeadOf(int status, const Headers& headers) {
  std::string head = absl::StrCat("HTTP/1.1 ", status, " ", ReasonOf(status), "\r\n");
  for (const auto& [name, value] : headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  return head;
}

}  // namespace

Connection::Connection(StreamSocket socket, std::string address, const Limits& limits)
    : socket_(std::move(socket)),
      address_(std::move(address)),
      limits_(limits),
      buffer_(limits.header_bytes + kReadBytes) {}

void Connection::Arm(std::chrono::seconds time, size_t bytes) {
  deadline_ = Clock::now() + time + std::chrono::seconds(bytes / kLeastRate);
}

asio::awaitable<void> Connection::Run(Handler handler) {
  const auto self = shared_from_this();
  do {
    keep_alive_ = false;
    std::optional<Request> request = co_await ReadHead();
    if (!request.has_value()) break;
    co_await handler(*this, *request);
    Unwatch();
    // A body that nobody read would be taken for the next request.
    if (!dead_ && !parser_->is_done()) keep_alive_ = false;
    if (!keep_alive_ && !dead_) co_await Linger();
    parser_.reset();
    progress_ = Progress();
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
  } while (keep_alive_ && !dead_ && !closing_);
  Kill();
}

asio::awaitable<std::optional<Request>> Connection::ReadHead() {
  idle_ = true;
  Arm(limits_.idle_time);
  if (buffer_.size() == 0) {
    // An idle connection holds no buffer.
    error_code waited;
    co_await socket_.async_wait(asio::socket_base::wait_read,
                                asio::redirect_error(asio::use_awaitable, waited));
    if (waited || dead_) co_return std::nullopt;
  }
  idle_ = false;
  Arm(limits_.header_time);
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(limits_.header_bytes));
  parser_->body_limit(boost::none);  // ReadBody counts
  error_code error;
  co_await http::async_read_header(socket_, buffer_, *parser_,
                                   asio::redirect_error(asio::use_awaitable, error));
  deadline_ = Clock::time_point::max();
  if (dead_ || error == http::error::end_of_stream) co_return std::nullopt;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    co_await Refuse(431);
    co_return std::nullopt;
  }
  if (error) {
    // Only what the parser refuses is answered; a broken connection is not.
    const bool refused = error.category() == http::make_error_code(http::error::bad_version).category();
    if (refused && error != http::error::partial_message) co_await Refuse(400);
    co_return std::nullopt;
  }
  Request request;
  const auto& head = parser_->get();
  request.verb = std::string(head.method_string());
  request.target = std::string(head.target());
  for (const auto& field : head)
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  request.old = head.version() < 11;
  request.keep_alive = head.keep_alive();
  request.length = parser_->content_length().value_or(0);
  const int refusal = RefusalOf(request);
  if (refusal != 0) {
    co_await Refuse(refusal);
    co_return std::nullopt;
  }
  keep_alive_ = request.keep_alive;
  head_only_ = request.verb == "HEAD";
  expects_ = absl::EqualsIgnoreCase(Header(request.headers, "expect"), "100-continue") && !request.old;
  co_return request;
}

asio::awaitable<void> Connection::Refuse(int status) {
  keep_alive_ = false;
  Answer answer;
  answer.status = status;
  co_await Write(std::move(answer));
  co_await Linger();
}

asio::awaitable<bool> Connection::Send(std::string bytes, std::string more) {
  if (dead_) co_return false;
  Arm(limits_.write_time, bytes.size() + more.size());
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(bytes), asio::buffer(more)};
  error_code error;
  co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
  deadline_ = Clock::time_point::max();
  co_return !error;
}

asio::awaitable<bool> Connection::Write(Answer answer) {
  if (parser_.has_value() && !parser_->is_done()) keep_alive_ = false;
  std::string head = HeadOf(answer.status, answer.headers);
  if (answer.status != 304) absl::StrAppend(&head, "Content-Length: ", answer.body.size(), "\r\n");
  absl::StrAppend(&head, keep_alive_ && !closing_ ? "" : "Connection: close\r\n", "\r\n");
  if (head_only_) answer.body.clear();
  const bool sent = co_await Send(std::move(head), std::move(answer.body));
  co_return sent;
}

asio::awaitable<bool> Connection::Begin(int status, const Headers& headers) {
  if (parser_.has_value() && !parser_->is_done()) keep_alive_ = false;
  chunked_ = parser_->get().version() >= 11;
  if (!chunked_) keep_alive_ = false;
  std::string head = HeadOf(status, headers);
  absl::StrAppend(&head, chunked_ ? "Transfer-Encoding: chunked\r\n" : "",
                  keep_alive_ && !closing_ ? "" : "Connection: close\r\n", "\r\n");
  const bool sent = co_await Send(std::move(head), "");
  co_return sent;
}

asio::awaitable<bool> Connection::WritePiece(std::string piece) {
  std::string size;
  if (chunked_) {
    size = absl::StrCat(absl::Hex(piece.size()), "\r\n");
    piece += "\r\n";
  }
  const bool sent = co_await Send(std::move(size), std::move(piece));
  co_return sent;
}

asio::awaitable<bool> Connection::End() {
  if (!chunked_) co_return true;
  const bool sent = co_await Send("0\r\n\r\n", "");
  co_return sent;
}

void Connection::Watch(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (dead_) return gone_();
  // With input waiting (another request already) a hang-up can't be seen.
  if (parser_->is_done() && buffer_.size() == 0) AwaitEnd();
}

void Connection::AwaitEnd() {
  socket_.async_wait(
      asio::socket_base::wait_read, [self = shared_from_this(), watch = ++watch_](error_code error) {
        if (error || watch != self->watch_ || !self->gone_) return;
        char byte;
        const ssize_t got = ::recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (got > 0) return;
        // The news of bytes that were read meanwhile comes late, and is no end.
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return self->AwaitEnd();
        self->gone_();
      });
}

void Connection::Unwatch() {
  if (!gone_) return;
  gone_ = nullptr;
  ++watch_;
  error_code ignored;
  socket_.cancel(ignored);
}

bool Connection::HungUp() {
  if (dead_) return true;
  pollfd look{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0;
}

void Connection::Kill() {
  if (std::exchange(dead_, true)) return;
  error_code ignored;
  socket_.close(ignored);
  if (gone_) gone_();
}

void Connection::CloseWhenIdle() {
  closing_ = true;
  if (idle_) Kill();
}

}  // namespace tonghu::gateway
