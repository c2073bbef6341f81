// Signed heads of the journals (tonghu.access.v1.SignedHead), and the public keys that are kept to check
// them.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/principal/ed25519.h"
#include "libs/principal/keys.h"
#include "tonghu/access/v1/audit_service.pb.h"

namespace tonghu::principal {

// Fills in signature and key_id. Errors: INTERNAL.
absl::Status SignHead(const SigningKey& key, access::v1::SignedHead& head);

// What is to be said of a signed head.
enum class HeadVerdict {
  kGood,
  kForged,        // the key that the head names has not signed it
  kUnknownKey,    // no key of that id is kept
  kKeyNotInForce  // the key has signed it, before the key began or after the next one did
};

// Every public key that ever signed a head: those in a folder of PEM files (*.pem), by which identities are
// verified too, and those in its folder `past`, by which none is. A file's name says from when on its key
// signs (20261126T081500.000000000.pem, UTC), until the next one begins; a key whose file is named in another
// way counts at all times.
class HeadKeys {
 public:
  // Errors: FAILED_PRECONDITION when the folder can't be read, or one of its files holds no key.
  static absl::StatusOr<HeadKeys> Read(const std::string& folder);

  HeadVerdict Judge(const access::v1::SignedHead& head) const;

 private:
  struct Kept {
    Key key;
    absl::Time from, until;
  };
  std::map<std::string, Kept> keys_;  // by id
};

}  // namespace tonghu::principal
