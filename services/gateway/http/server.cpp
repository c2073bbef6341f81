#include "services/gateway/http/server.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "libs/clock/waker.h"
#include "services/gateway/http/listener.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kSweepEvery = std::chrono::milliseconds(250);
constexpr auto kAfterNoDescriptor = std::chrono::milliseconds(100);

}  // namespace

// One thread and the connections that belong to it.
struct Server::Loop {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer sweep{context};
  std::set<std::shared_ptr<Connection>> connections;  // on the loop's thread only
  std::thread thread;
};

struct Server::State {
  ServerOptions options;
  Connection::Handler handler;
  std::function<bool(const std::string&)> uncounted;
  std::vector<std::unique_ptr<Loop>> loops;
  std::unique_ptr<Acceptor> acceptor;
  int port = 0;
  size_t next = 0;
  std::atomic<int> connections{0};
  std::atomic<bool> stopped{false};
  absl::Mutex mutex;
  absl::flat_hash_map<std::string, int> by_address ABSL_GUARDED_BY(mutex);

  asio::awaitable<void> Accept();
  bool Admit(const std::string& address);
  void Leave(const std::string& address);
  asio::awaitable<void> Serve(Loop& loop, StreamSocket socket, std::string address);
  void Sweep(Loop& loop);
  void ForEach(const std::function<void(Connection&)>& work);
  bool Drained(absl::Time until);
};

asio::awaitable<void> Server::State::Accept() {
  while (!stopped) {
    Loop& loop = *loops[next++ % loops.size()];
    error_code error;
    StreamSocket socket =
        co_await acceptor->async_accept(loop.context, asio::redirect_error(asio::use_awaitable, error));
    if (stopped || error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors: those who wait are taken when some are free again.
      asio::steady_timer pause(acceptor->get_executor(), kAfterNoDescriptor);
      error_code ignored;
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      continue;
    }
    std::optional<std::string> address = Meet(socket);
    if (!address.has_value() || !Admit(*address))
      continue;  // closed without a word: an answer would cost more than a refusal saves
    asio::co_spawn(loop.context, Serve(loop, std::move(socket), *std::move(address)), asio::detached);
  }
}

bool Server::State::Admit(const std::string& address) {
  if (connections >= options.limits.connections) return false;
  if (!uncounted(address)) {
    absl::MutexLock lock(&mutex);
    int& count = by_address[address];
    if (count >= options.limits.connections_per_address) return false;
    ++count;
  }
  ++connections;
  return true;
}

void Server::State::Leave(const std::string& address) {
  --connections;
  if (uncounted(address)) return;
  absl::MutexLock lock(&mutex);
  const auto found = by_address.find(address);
  if (found != by_address.end() && --found->second <= 0) by_address.erase(found);
}

asio::awaitable<void> Server::State::Serve(Loop& loop, StreamSocket socket, std::string address) {
  const auto connection = std::make_shared<Connection>(std::move(socket), address, options.limits);
  loop.connections.insert(connection);
  if (stopped) connection->CloseWhenIdle();
  co_await connection->Run(handler);
  loop.connections.erase(connection);
  Leave(address);
}

void Server::State::Sweep(Loop& loop) {
  const auto now = Connection::Clock::now();
  // A copy, since a killed connection may leave the set.
  const std::vector<std::shared_ptr<Connection>> all(loop.connections.begin(), loop.connections.end());
  for (const auto& connection : all) connection->KillIfLate(now);
  loop.sweep.expires_after(kSweepEvery);
  loop.sweep.async_wait([this, &loop](error_code error) {
    if (!error) Sweep(loop);
  });
}

void Server::State::ForEach(const std::function<void(Connection&)>& work) {
  for (const auto& loop : loops) {
    asio::post(loop->context, [&loop = *loop, work] {
      const std::vector<std::shared_ptr<Connection>> all(loop.connections.begin(), loop.connections.end());
      for (const auto& connection : all) work(*connection);
    });
  }
}

bool Server::State::Drained(absl::Time until) {
  clock::Waker waker;
  while (connections > 0 && clock::MonotonicNow() < until) waker.Wait(absl::Milliseconds(10));
  return connections == 0;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, Connection::Handler handler,
                                                      std::function<bool(const std::string&)> uncounted) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->handler = std::move(handler);
  state->uncounted = std::move(uncounted);
  for (int i = 0; i < state->options.threads; ++i) state->loops.push_back(std::make_unique<Loop>());
  auto acceptor = Listen(state->loops[0]->context, {state->options.listen, state->options.socket_mode});
  if (!acceptor.ok()) return acceptor.status();
  state->acceptor = *std::move(acceptor);
  state->port = PortOf(*state->acceptor);
  asio::co_spawn(state->loops[0]->context, state->Accept(), asio::detached);
  for (auto& loop : state->loops) {
    asio::post(loop->context, [state = state.get(), &loop = *loop] { state->Sweep(loop); });
    loop->thread = std::thread([&context = loop->context] { context.run(); });
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Stop(absl::ZeroDuration()); }

int Server::port() const { return state_->port; }

int Server::connections() const { return state_->connections; }

void Server::Stop(absl::Duration grace) {
  if (state_->stopped.exchange(true)) return;
  // Behind this nobody is admitted any more: the acceptor's coroutine runs on the same thread.
  absl::Notification closed;
  asio::post(state_->loops[0]->context, [state = state_.get(), &closed] {
    error_code ignored;
    state->acceptor->close(ignored);
    closed.Notify();
  });
  closed.WaitForNotification();
  state_->ForEach([](Connection& connection) { connection.CloseWhenIdle(); });
  if (!state_->Drained(clock::MonotonicNow() + grace)) {
    state_->ForEach([](Connection& connection) { connection.Kill(); });
    // Every call under way is cancelled by that, and answers in a moment.
    state_->Drained(clock::MonotonicNow() + absl::Seconds(10));
  }
  for (auto& loop : state_->loops) {
    asio::post(loop->context, [&loop = *loop] { loop.sweep.cancel(); });
    loop->work.reset();
    loop->context.stop();
    loop->thread.join();
  }
}

}  // namespace tonghu::gateway
