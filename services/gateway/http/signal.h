// Wakes the one coroutine that waits for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tonghu::gateway {

// Used on the thread of its executor only: other threads post to the executor.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  // Ends the wait under way, or else the next one.
  void Set() {
    set_ = true;
    timer_.cancel();
  }
  // Waits until it is set, or the time is over.
  boost::asio::awaitable<void> Wait(std::chrono::steady_clock::duration most) {
    if (!set_) {
      timer_.expires_after(most);
      boost::system::error_code ignored;
      co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    }
    set_ = false;
  }

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
};

}  // namespace tonghu::gateway
