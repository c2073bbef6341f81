// The gate at which calls wait until this service has applied what their callers have seen elsewhere.
// libs/journal implements it (ConsistencyGate); libs/rpc only calls it, and so does not depend on the
// journal.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace tonghu::rpc {

enum class Urgency {
  kUsual,
  kUrgent,  // an emergency: waits for a moment only
};

// Thread-safe.
class Gate {
 public:
  using Go = std::function<void(const absl::Status&)>;
  virtual ~Gate() = default;

  // Calls `go` once, at once or later on another thread: with OK when this service has applied what the call
  // names in "tonghu-after", else with the refusal that ends the call. An urgent call waits a moment only and
  // then goes on with what is known. Never blocks.
  struct Entry {
    Urgency urgency = Urgency::kUsual;
    size_t bytes = 0;  // of the request, which is kept meanwhile; the sum over waiting calls is bounded
  };
  virtual void Enter(grpc::CallbackServerContext& context, Entry entry, Go go) = 0;

  // The county and size of a call that was refused.
  struct Question {
    std::string county;
    size_t bytes = 0;  // as Entry's
  };
  // For a refusal because of something unknown that another service owns (refusal::OwnerOf). Calls `go` once:
  // with OK when this service has applied all that the owner had published about the county by now, so that a
  // second decision is right; with a refusal when that can't be found out. Never blocks.
  virtual void Ask(const absl::Status& refused, Question question, Go go) = 0;

  // After a query has read: adds to the answer where the journal stands for the county, so that nothing in
  // the answer is newer than the position. Blocks for a round trip to the database.
  virtual void Leave(grpc::CallbackServerContext& context, const std::string& county) = 0;
};

}  // namespace tonghu::rpc
