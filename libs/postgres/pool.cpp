#include "libs/postgres/pool.h"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/clock/waker.h"

namespace tonghu::postgres {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(2);  // between looks while all connections are taken

bool IsReadable(int descriptor) {
  pollfd waits{descriptor, POLLIN, 0};
  return ::poll(&waits, 1, 0) == 1;
}

}  // namespace

Pool::Pool(std::string conninfo, int size, absl::Duration answer)
    : conninfo_(std::move(conninfo)),
      size_(size),
      bounds_{.answer = answer, .stop = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)} {}

Pool::~Pool() { ::close(bounds_.stop); }

void Pool::Close(absl::Duration after) {
  // A timer's descriptor becomes readable when it fires: every wait of a connection ends, now or later,
  // without a thread that looks.
  itimerspec due{};
  // A timer set to zero would be switched off.
  due.it_value = absl::ToTimespec(std::max(after, absl::Nanoseconds(1)));
  ::timerfd_settime(bounds_.stop, 0, &due, nullptr);
}

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->GiveBack(std::move(connection_));
}

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Duration timeout) {
  std::unique_ptr<Connection> connection;
  const auto take = [&] {
    absl::MutexLock lock(&mutex_);
    if (taken_ == size_) return false;
    ++taken_;
    if (!idle_.empty()) {
      // The connection used last: its caches in PostgreSQL are warm, and its statements are prepared.
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    return true;
  };
  // absl's timed waits go by the wall clock, its sleeps do not.
  for (const absl::Time end = clock::MonotonicNow() + timeout; !take(); absl::SleepFor(kStep)) {
    // A timer that has fired says that nobody may wait any longer (Close).
    if (clock::MonotonicNow() >= end || IsReadable(bounds_.stop))
      return absl::UnavailableError("all PostgreSQL connections of this process are busy");
  }
  // Opened without the lock, as opening may take seconds. The place is taken already, so the bound holds.
  if (connection == nullptr) {
    auto opened = Connection::Open(conninfo_, bounds_);
    // The place is given back, or the pool would shrink with every failure; the caller is told why.
    if (!opened.ok()) {
      GiveBack(nullptr);
      return opened.status();
    }
    connection = std::move(*opened);
  }
  return Lease(this, std::move(connection));
}

void Pool::GiveBack(std::unique_ptr<Connection> connection) {
  absl::MutexLock lock(&mutex_);
  --taken_;
  if (connection != nullptr && connection->healthy()) {
    idle_.push_back(std::move(connection));
  } else {
    idle_.clear();  // the server went away: the idle connections are as dead as this one
  }
}

}  // namespace tonghu::postgres
