// HTTP/1.1 connections to the gateway that stay open, as browsers and programs keep them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tonghu::bench {

// One POST.
struct Post {
  std::string path;
  std::string session;  // travels as a bearer token
  std::string body;     // protobuf
};

// Connections that are served by one thread. Thread-safe.
class HttpPool {
 public:
  // Called once on the pool's thread; `status` 0: the connection broke.
  using Done = std::function<void(int status, const std::string& body)>;

  explicit HttpPool(int port);
  ~HttpPool();

  // Sends by a connection that is free, or by a new one.
  void Send(Post post, Done done);

 private:
  struct Connection;
  void Exchange(std::shared_ptr<Connection> connection);

  boost::asio::io_context io_{1};
  const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  const boost::asio::ip::tcp::endpoint gateway_;
  std::vector<std::shared_ptr<Connection>> idle_;  // of the thread alone
  std::thread thread_;
};

}  // namespace tonghu::bench
