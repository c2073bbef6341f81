#include "tests/system/webhook_receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tonghu::system_test {
namespace {

// Reads a request with a Content-Length; false when the other side left before its end.
bool Read(int connection, Post& post) {
  std::string bytes;
  size_t wanted = 0;
  for (char buffer[4096]; wanted == 0 || bytes.size() < wanted;) {
    const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    bytes.append(buffer, count);
    const size_t end = bytes.find("\r\n\r\n");
    if (wanted != 0 || end == std::string::npos) continue;
    for (absl::string_view line : absl::StrSplit(absl::string_view(bytes).substr(0, end), "\r\n")) {
      const std::pair<std::string, std::string> header = absl::StrSplit(line, absl::MaxSplits(": ", 1));
      post.headers[absl::AsciiStrToLower(header.first)] = header.second;
    }
    int length = 0;
    if (!absl::SimpleAtoi(post.headers["content-length"], &length)) return false;
    wanted = end + 4 + length;
  }
  post.body = bytes.substr(bytes.find("\r\n\r\n") + 4);
  return true;
}

}  // namespace

WebhookReceiver::WebhookReceiver() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener_, 512);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Work(); });
}

WebhookReceiver::~WebhookReceiver() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string WebhookReceiver::url() const { return absl::StrCat("http://127.0.0.1:", port_, "/tonghu"); }

void WebhookReceiver::Answer(int status) {
  absl::MutexLock lock(&mutex_);
  status_ = status;
}

std::vector<Post> WebhookReceiver::Await(size_t count, absl::Duration patience) {
  absl::MutexLock lock(&mutex_);
  const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return posts_.size() >= count; };
  mutex_.AwaitWithTimeout(absl::Condition(&enough), patience);
  return posts_;
}

void WebhookReceiver::Work() {
  for (int connection; (connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    connections_.emplace_back([this, connection] {
      Serve(connection);
      ::close(connection);
    });
  }
  for (std::thread& served : connections_) served.join();
}

void WebhookReceiver::Serve(int connection) {
  Post post;
  if (!Read(connection, post)) return;
  int status;
  {
    absl::MutexLock lock(&mutex_);
    posts_.push_back(std::move(post));
    const auto told = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return status_ != 0 || stopping_; };
    mutex_.Await(absl::Condition(&told));
    status = status_;
  }
  const std::string answer =
      absl::StrCat("HTTP/1.1 ", status, " .\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
}

}  // namespace tonghu::system_test
