// Queries that are answered one at a time in a process.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "libs/journal/service.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {

// Answers one query at a time, since one reads much of a county, and several at once would leave other calls
// neither a connection nor a core. A call that comes meanwhile is refused with SERVER_BUSY. Copies are one.
template <class Request, class Reply>
class OneAtATime {
 public:
  using Read = absl::StatusOr<Reply> (*)(const journal::Query&, const Request&);
  explicit OneAtATime(Read read) : read_(read) {}

  absl::StatusOr<Reply> operator()(const journal::Query& query, const Request& request) const {
    if (busy_->exchange(true)) return refusal::ServerBusy();
    auto reply = read_(query, request);
    busy_->store(false);
    return reply;
  }

 private:
  const Read read_;
  const std::shared_ptr<std::atomic<bool>> busy_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace tonghu::pairing
