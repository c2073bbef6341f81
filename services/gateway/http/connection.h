// One connection of a client: reads requests, writes answers, within the limits.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/gateway/domain/request.h"
#include "services/gateway/http/limits.h"
#include "services/gateway/http/listener.h"

namespace tonghu::gateway {

// The head of a request.
struct Request {
  std::string verb;
  std::string target;
  Headers headers;
  bool old = false;         // HTTP/1.0
  bool keep_alive = false;  // the client wants another request on this connection
  uint64_t length = 0;      // of the body, as far as the head says
};

// An answer whose whole body is known.
struct Answer {
  int status = 200;
  Headers headers;
  std::string body;
};

// Everything runs on the thread of the socket's executor.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Handles one request: reads the body if it wants to, answers once.
  using Handler = std::function<boost::asio::awaitable<void>(Connection&, const Request&)>;
  using Clock = std::chrono::steady_clock;

  // `limits` outlives it. `address` is the peer's.
  Connection(StreamSocket socket, std::string address, const Limits& limits);

  // Serves requests until the connection ends.
  boost::asio::awaitable<void> Run(Handler handler);

  const std::string& address() const { return address_; }
  boost::asio::any_io_executor executor() { return socket_.get_executor(); }

  // How a body is bounded: one that is read whole by Limits::body_bytes and body_time, one that goes on to a
  // service as it comes by upload_bytes and the rate that Limits says.
  enum class Body { kWhole, kUpload };
  // Gives a whole body to `take` as it comes. Errors: those of `take`; those of ReadPiece.
  boost::asio::awaitable<absl::Status> ReadBody(std::function<absl::Status(absl::string_view)> take);
  // Reads what has come of the body into `piece`; nothing at its end. Errors: REQUEST_TOO_LARGE; CANCELLED
  // when the client has gone, and after StopReading.
  boost::asio::awaitable<absl::Status> ReadPiece(Body body, std::string& piece);
  // Ends the ReadPiece under way, and those to come: nobody wants the rest.
  void StopReading();

  // Writes an answer. False when the client has gone.
  boost::asio::awaitable<bool> Write(Answer answer);
  // Begins an answer in pieces, writes a piece, ends it. False when the client has gone.
  boost::asio::awaitable<bool> Begin(int status, const Headers& headers);
  boost::asio::awaitable<bool> WritePiece(std::string piece);
  boost::asio::awaitable<bool> End();

  // From now on `gone` is called when the client hangs up or the connection is ended, until Unwatch. For the
  // time in which nothing is read or written. While the body is not whole only the connection's end is told.
  void Watch(std::function<void()> gone);
  void Unwatch();
  // Whether the client has hung up, though bytes of it may still be unread.
  bool HungUp();

  // Ends the connection, whatever it is doing.
  void Kill();
  // Ends it when what it is doing has taken too long.
  void KillIfLate(Clock::time_point now) {
    if (now > deadline_) Kill();
  }
  // Ends it before its next request.
  void CloseWhenIdle();

 private:
  static constexpr size_t kReadBytes = 16 << 10;  // at most so many of a body at once
  // What was read of a body.
  struct Progress {
    bool begun = false;
    size_t bytes = 0;
    Clock::duration patience{};  // how long the next bytes may take
    bool reading = false;        // ReadPiece waits for the client
    bool stopped = false;        // nobody wants the rest
  };

  void AwaitEnd();
  // Both count a body's bytes and time. Errors: REQUEST_TOO_LARGE.
  absl::Status BeginBody(Body body);
  absl::Status Count(Body body, size_t bytes, Clock::duration took);
  absl::Status CheckLength(Body body, size_t bytes) const;
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  boost::asio::awaitable<std::optional<Request>> ReadHead();
  boost::asio::awaitable<void> Refuse(int status);
  boost::asio::awaitable<bool> Send(std::string bytes, std::string more);
  boost::asio::awaitable<void> Linger();
  void Arm(std::chrono::seconds time, size_t bytes = 0);

  StreamSocket socket_;
  const std::string address_;
  const Limits& limits_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Progress progress_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool head_only_ = false;   // the request is a HEAD
  bool expects_ = false;     // the client waits for "100 Continue"
  bool keep_alive_ = false;  // after this answer
  bool chunked_ = false;     // the answer in pieces is chunked
  bool idle_ = true;         // between two requests
  bool closing_ = false;
  bool dead_ = false;
  int watch_ = 0;  // counts watches, so that an old one's end is not taken for the new one's
  std::function<void()> gone_;
};

}  // namespace tonghu::gateway
