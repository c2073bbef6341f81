// Where calls wait for what their callers have seen elsewhere. libs/journal makes the one there is
// (ConsistencyGate); libs/rpc only calls it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace tonghu::rpc {

enum class Urgency {
  kUsual,
  kUrgent,  // an emergency: waits for nothing longer than a moment
};

// Thread-safe.
class Gate {
 public:
  using Go = std::function<void(const absl::Status&)>;
  virtual ~Gate() = default;

  // Calls `go` once, at once or later on another thread: with OK when this service has applied what the call
  // names in "tonghu-after", else with the refusal that ends the call. An urgent call waits only a moment and
  // then goes on with what is known. Never blocks.
  struct Entry {
    Urgency urgency = Urgency::kUsual;
    size_t bytes = 0;  // of the request, which is kept meanwhile: all that wait together are bounded
  };
  virtual void Enter(grpc::CallbackServerContext& context, Entry entry, Go go) = 0;

  // What a refused call was about.
  struct Question {
    std::string county;
    size_t bytes = 0;  // as Entry's
  };
  // For a refusal of something another service owns (refusal::OwnerOf): calls `go` once with OK when this
  // service has applied all that the owner had said by now about the county, so that a second decision is the
  // truth; with a refusal when that can't be known. Never blocks.
  virtual void Ask(const absl::Status& refused, Question question, Go go) = 0;

  // After a question has been answered: says where the journal stands for the county, so that nothing in the
  // answer is newer. Blocks for a round trip to the database.
  virtual void Leave(grpc::CallbackServerContext& context, const std::string& county) = 0;
};

}  // namespace tonghu::rpc
