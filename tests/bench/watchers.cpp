#include "tests/bench/watchers.h"

#include <fmt/core.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "absl/time/clock.h"

namespace tonghu::bench {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kAlerts = "/alerts/";
constexpr size_t kId = 36;

std::string RequestOf(const std::string& county, const std::string& session) {
  const std::string message = fmt::format("{{\"parent\":\"{}\"}}", county);
  const std::string head{'\0', '\0', '\0', '\0', static_cast<char>(message.size())};
  return fmt::format(
             "POST /tonghu.alerts.v1.AlertService/WatchAlerts HTTP/1.1\r\nHost: tonghu.test\r\n"
             "Content-Type: application/connect+json\r\nAuthorization: Bearer {}\r\nContent-Length: "
             "{}\r\n\r\n",
             session, head.size() + message.size()) +
         head + message;
}

}  // namespace

struct Watchers::Stream {
  explicit Stream(asio::io_context& io) : socket(io) {}
  asio::ip::tcp::socket socket;
  std::string request;
  std::array<char, 4096> piece;
  std::string text;  // what came and has not been looked at
  std::string last;  // the alert that came last
  bool headed = false;
};

Watchers::Watchers(int port)
    : work_(io_.get_executor()),
      gateway_(asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)),
      thread_([this] { io_.run(); }) {}

Watchers::~Watchers() {
  io_.stop();
  thread_.join();
}

absl::Status Watchers::Open(const std::string& county, const std::string& session, int count) {
  const std::string request = RequestOf(county, session);
  int before;
  {
    absl::MutexLock lock(&mutex_);
    before = heads_;
  }
  for (int i = 0; i < count; ++i) {
    auto stream = std::make_shared<Stream>(io_);
    boost::system::error_code failed;
    stream->socket.connect(gateway_, failed);
    if (!failed) asio::write(stream->socket, asio::buffer(request), failed);
    if (failed) return absl::UnavailableError("a watcher can't connect: " + failed.message());
    asio::post(io_, [this, stream] { Read(stream); });
  }
  absl::MutexLock lock(&mutex_);
  const auto headed = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return heads_ >= before + count || ended_ > 0;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&headed), absl::Minutes(1));
  if (heads_ < before + count)
    return absl::UnavailableError(fmt::format("{} of {} streams began", heads_ - before, count));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<absl::Time>> Watchers::Await(const std::string& alert, size_t count,
                                                        absl::Duration bound) {
  absl::MutexLock lock(&mutex_);
  const std::vector<absl::Time>& times = seen_[alert];
  const auto all = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return times.size() >= count || ended_ > 0; };
  mutex_.AwaitWithTimeout(absl::Condition(&all), bound);
  if (ended_ > 0) return absl::UnavailableError(fmt::format("{} streams have ended", ended_));
  if (times.size() != count)
    return absl::DeadlineExceededError(
        fmt::format("{} of {} streams brought {}", times.size(), count, alert));
  return times;
}

void Watchers::Read(const std::shared_ptr<Stream>& stream) {
  stream->socket.async_read_some(asio::buffer(stream->piece),
                                 [this, stream](boost::system::error_code failed, size_t bytes) {
                                   if (failed) {
                                     absl::MutexLock lock(&mutex_);
                                     ++ended_;
                                     return;
                                   }
                                   Take(*stream, bytes);
                                   Read(stream);
                                 });
}

void Watchers::Take(Stream& stream, size_t bytes) {
  const absl::Time now = absl::Now();
  stream.text.append(stream.piece.data(), bytes);
  absl::MutexLock lock(&mutex_);
  if (!stream.headed) {
    const size_t end = stream.text.find("\r\n\r\n");
    if (end == std::string::npos) return;
    if (stream.text.find(" 200 ") > end) return ++ended_, void();
    stream.headed = true;
    ++heads_;
    stream.text.erase(0, end);
  }
  // The id of an alert may be cut by the end of what came.
  size_t at = 0, end = 0;
  while ((at = stream.text.find(kAlerts, end)) != std::string::npos &&
         stream.text.size() >= at + kAlerts.size() + kId) {
    end = at + kAlerts.size() + kId;
    std::string alert = stream.text.substr(at + kAlerts.size(), kId);
    if (alert == stream.last) continue;
    seen_[alert].push_back(now);
    stream.last = std::move(alert);
  }
  stream.text.erase(0, at == std::string::npos
                           ? std::max(end, stream.text.size() - std::min(stream.text.size(), kAlerts.size()))
                           : at);
}

}  // namespace tonghu::bench
