#include "tests/bench/http_pool.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace tonghu::bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct HttpPool::Connection {
  explicit Connection(asio::io_context& io) : socket(io) {}
  asio::ip::tcp::socket socket;
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::response<http::string_body> response;
  Done done;
};

HttpPool::HttpPool(int port)
    : work_(io_.get_executor()),
      gateway_(asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)),
      thread_([this] { io_.run(); }) {}

HttpPool::~HttpPool() {
  io_.stop();
  thread_.join();
}

void HttpPool::Send(Post post, Done done) {
  asio::post(io_, [this, post = std::move(post), done = std::move(done)]() mutable {
    std::shared_ptr<Connection> connection;
    if (idle_.empty()) {
      connection = std::make_shared<Connection>(io_);
      boost::system::error_code failed;
      connection->socket.connect(gateway_, failed);
      if (failed) return done(0, failed.message());
      connection->socket.set_option(asio::ip::tcp::no_delay(true));
    } else {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    connection->request = {http::verb::post, post.path, 11, std::move(post.body)};
    connection->request.set(http::field::host, "tonghu.test");
    connection->request.set(http::field::content_type, "application/proto");
    connection->request.set(http::field::authorization, "Bearer " + post.session);
    connection->request.prepare_payload();
    connection->response = {};
    connection->done = std::move(done);
    Exchange(std::move(connection));
  });
}

void HttpPool::Exchange(std::shared_ptr<Connection> connection) {
  Connection& c = *connection;
  http::async_write(c.socket, c.request, [this, connection](boost::system::error_code failed, size_t) {
    if (failed) return connection->done(0, failed.message());
    http::async_read(connection->socket, connection->buffer, connection->response,
                     [this, connection](boost::system::error_code failed, size_t) {
                       const Done done = std::move(connection->done);
                       if (failed) return done(0, failed.message());
                       const int status = connection->response.result_int();
                       const std::string body = std::move(connection->response.body());
                       idle_.push_back(connection);
                       done(status, body);
                     });
  });
}

}  // namespace tonghu::bench
