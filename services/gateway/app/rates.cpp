#include "services/gateway/app/rates.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tonghu::gateway {
namespace {

constexpr size_t kMostUntold = 1000;
constexpr absl::Duration kPause = absl::Seconds(1);

}  // namespace

Rates::Rates(const std::string& socket)
    : redis_(socket.empty() ? nullptr : std::make_unique<redis::Client>(socket)) {
  if (redis_ != nullptr) thread_ = std::thread([this] { Tell(); });
}

Rates::~Rates() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

bool Rates::Take(const std::string& key, int most, absl::Time now) {
  if (most == 0) return true;
  absl::MutexLock lock(&mutex_);
  const absl::Time window = absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), kWindow);
  if (window != window_) {
    window_ = window;
    counts_.clear();
  }
  if (counts_.size() >= kMostKeys && !counts_.contains(key)) return true;
  Count& count = counts_[key];
  ++count.own;
  if (redis_ != nullptr && count.own % kTold == 0 && told_.size() < kMostUntold) {
    told_.emplace_back(key, now);
    waker_.Wake();
  }
  return std::max(count.own, count.all) <= most;
}

void Rates::Tell() {
  while (waker_.Wait(kPause)) {
    for (;;) {
      std::pair<std::string, absl::Time> next;
      {
        absl::MutexLock lock(&mutex_);
        if (told_.empty()) break;
        next = std::move(told_.front());
        told_.pop_front();
      }
      const auto tens =
          redis_->CountInWindow(absl::StrCat("gateway:rate:", next.first), kWindow, next.second);
      absl::MutexLock lock(&mutex_);
      if (!tens.ok()) {
        // Redis is away: what waits to be told is of no use when it is back.
        told_.clear();
        break;
      }
      const auto found = counts_.find(next.first);
      if (found != counts_.end()) found->second.all = static_cast<int>(*tens) * kTold;
    }
  }
}

}  // namespace tonghu::gateway
