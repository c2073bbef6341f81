// The record of who read which child's file, as the pipeline asks for it.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"

namespace tonghu::rpc {

class Call;

// Writes readings down. Thread-safe.
class Audit {
 public:
  using Done = std::function<void(const absl::Status&)>;
  virtual ~Audit() = default;
  // Records that the call, a query whose rule says `audited`, is about to be answered with `reply`, masked as
  // the caller gets it; or, of a stream, that it is about to begin, with an empty `reply`. Request and reply
  // live until Record returns. The answer leaves when `done` is called with OK, once, on any thread, and is
  // refused otherwise: what can't be written down is not shown. Never blocks.
  virtual void Record(std::shared_ptr<const Call> call, const google::protobuf::Message& request,
                      const google::protobuf::Message& reply, Done done) = 0;
  // Notes that the call was refused because what it names lies outside the caller's rights. `children` are
  // those whom the request's resources are about, beside those whom the request itself names. The answer does
  // not wait. Never blocks.
  virtual void Refused(const Call& call, const google::protobuf::Message& request,
                       std::set<std::string> children) = 0;
};

}  // namespace tonghu::rpc
