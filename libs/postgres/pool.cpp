#include "libs/postgres/pool.h"

namespace tonghu::postgres {

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->GiveBack(std::move(connection_));
}

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Duration timeout) {
  std::unique_ptr<Connection> connection;
  {
    absl::MutexLock lock(&mutex_);
    const auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return taken_ < size_; };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&free), timeout)) {
      return absl::UnavailableError("all PostgreSQL connections of this process are busy");
    }
    ++taken_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection == nullptr) {
    auto opened = Connection::Open(conninfo_);
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
    idle_.clear();  // the server went away: the idle ones are as dead as this one
  }
}

}  // namespace tonghu::postgres
