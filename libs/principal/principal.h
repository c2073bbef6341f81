// Who calls: the identity that travels with a call, signed by access and verified by every service.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/principal/keys.h"
#include "libs/rights/scope.h"
#include "tonghu/access/v1/identity.pb.h"

namespace tonghu::principal {

inline constexpr char kIdentityKey[] = "tonghu-identity-bin";  // metadata: a serialized SignedIdentity
inline constexpr char kIdentityContext[] = "tonghu identity v1";

// Who calls, and what they may do. Immutable once made.
struct Principal {
  std::string actor;         // "counties/520521/accounts/…", "operators/local", "services/alerts"
  std::string staff_member;  // counties/{county}/staffMembers/{id}; empty: nobody's
  std::vector<rights::Right> rights;
  std::string address;     // from which the caller came; may be empty
  std::string purpose;     // what the caller says the call is for; may be empty
  std::string session_id;  // of the session or key; no secret; may be empty
};

// Rights as messages, and back. Areas and roles that are not known are kept as they are: nobody has them.
access::v1::Right ToMessage(const rights::Right& right);
rights::Right FromMessage(const access::v1::Right& message);

// Signs an identity. Errors: INTERNAL; RESOURCE_EXHAUSTED, reason RIGHTS_TOO_MANY, for one of over 64 KiB.
absl::StatusOr<access::v1::SignedIdentity> Sign(const SigningKey& key, const access::v1::Identity& identity);

// Verifies identities. Keeps those lately verified (at most 4096, 16 MiB), because one identity comes with
// many calls. Thread-safe.
class Verifier {
 public:
  // `folder` holds the public keys (PublicKeys). `audience` is this service's name.
  Verifier(std::string folder, std::string audience)
      : keys_(std::move(folder)), audience_(std::move(audience)) {}

  // Reads and verifies a serialized SignedIdentity that `presenter` (the name of the calling service) sent.
  // `now` is the machine's time. Errors, all UNAUTHENTICATED: IDENTITY_FORGED when no known key has signed
  // what was sent, IDENTITY_EXPIRED, and IDENTITY_FOREIGN when it is for another audience or presenter;
  // FAILED_PRECONDITION when the folder can't be read.
  absl::StatusOr<std::shared_ptr<const Principal>> Verify(const std::string& bytes,
                                                          std::string_view presenter, absl::Time now);

 private:
  struct Verified {
    std::string audience, presenter;
    absl::Time expires;
    std::shared_ptr<const Principal> principal;
  };
  absl::StatusOr<std::shared_ptr<const Verified>> VerifySignature(const std::string& bytes, absl::Time now);
  std::shared_ptr<const Verified> Known(const std::string& bytes);
  void Keep(const std::string& bytes, std::shared_ptr<const Verified> verified);

  PublicKeys keys_;
  const std::string audience_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Verified>> known_ ABSL_GUARDED_BY(mutex_);
  std::list<std::string> order_ ABSL_GUARDED_BY(mutex_);  // of known_, the oldest first
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;              // of known_
};

}  // namespace tonghu::principal
