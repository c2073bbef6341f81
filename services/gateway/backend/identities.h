// Asks access who a caller is.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"

namespace tonghu::gateway {

// What a caller says about itself.
struct Caller {
  std::string token;  // a session's secret or an API key; empty: none
  std::string address;
  std::string user_agent;
  std::string purpose;
};

// A caller as access knows it.
struct Known {
  std::string identity;  // the serialized access.v1.SignedIdentity, for the metadata "tonghu-identity-bin"
  std::string account;   // who it is
  std::string rights;    // what the caller may do, to be compared only
};

// access's answer.
struct Issued {
  grpc::Status status;
  Known known;  // with OK
};

// Keeps identities for as long as access allows (seconds), at most kMostKept of them, of kMostKeptBytes.
// Thread-safe.
class Identities {
 public:
  static constexpr size_t kMostKept = 20'000;
  static constexpr size_t kMostKeptBytes = 128 << 20;  // of those who see many single children, fewer
  // Called once, perhaps before Ask returns, perhaps on a thread of gRPC's. `known` is good only with OK.
  using Done = std::function<void(const grpc::Status& status, const Known& known)>;

  // `channel` leads to access; null when there is none, and then every question is answered UNAVAILABLE.
  // `wall` is the machine's clock.
  Identities(const std::shared_ptr<grpc::Channel>& channel, const clock::Clock& wall);

  // Asks for an identity for one service. A caller without a token is refused with NOT_SIGNED_IN. Errors:
  // what access says (SESSION_OVER); UNAVAILABLE.
  void Ask(const Caller& caller, const std::string& audience, Done done);
  // Forgets what is known of a token: its session has changed.
  void Forget(const std::string& token);

 private:
  struct Kept {
    Known known;
    std::string token;
    absl::Time until;  // monotonic
    size_t bytes() const { return known.identity.size() + known.rights.size(); }
  };
  struct Question;
  bool Find(const std::string& key, Known& known);
  void Keep(const std::string& key, Kept kept);
  void Erase(const std::function<bool(const Kept&)>& condition) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasRoomFor(const Kept& one) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<access::v1::SessionService::Stub> access_;
  const clock::Clock& wall_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Kept> kept_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of kept_
};

}  // namespace tonghu::gateway
