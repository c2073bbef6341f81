// The key by which identities are signed, read again from its file, so that keys turn over while the service
// runs.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/principal/keys.h"
#include "tonghu/access/v1/audit_service.pb.h"
#include "tonghu/access/v1/identity.pb.h"

namespace tonghu::access {

// Thread-safe.
class Signer {
 public:
  // Reads the key's file (principal::SigningKey). Errors: FAILED_PRECONDITION.
  static absl::StatusOr<std::unique_ptr<Signer>> Open(const std::string& path);

  // Signs an identity with the key that the file has held for ten seconds at most. A file that can't be read
  // leaves the key as it was. Errors: INTERNAL.
  absl::StatusOr<v1::SignedIdentity> Sign(const v1::Identity& identity);
  // Signs a journal's head, likewise: fills in signature and key_id.
  absl::Status SignHead(v1::SignedHead& head);

 private:
  Signer(std::string path, principal::SigningKey key) : path_(std::move(path)), key_(std::move(key)) {}
  principal::SigningKey Key();

  const std::string path_;
  absl::Mutex mutex_;
  principal::SigningKey key_ ABSL_GUARDED_BY(mutex_);
  absl::Time read_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // on MonotonicNow's scale
};

}  // namespace tonghu::access
