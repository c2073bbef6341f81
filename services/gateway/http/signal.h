// Wakes the one coroutine that waits for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>

namespace tonghu::gateway {

// Used on the thread of its executor only: other threads post to the executor.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  // Ends the wait under way, or else the next one.
  void Set() {
    set_ = true;
    timer_.cancel();
    if (also_) also_();
  }
  // What else is done whenever it is set; null: nothing.
  void Also(std::function<void()> work) { also_ = std::move(work); }
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
  std::function<void()> also_;
};

}  // namespace tonghu::gateway
