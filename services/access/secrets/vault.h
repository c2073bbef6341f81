// The key file of access, and what is done with its key: secrets are sealed for the database, and codes of
// paper are hashed, so that a copy of the database alone is of no use.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/access/secrets/random.h"

namespace tonghu::access {

// Holds one key of 32 bytes. Immutable; thread-safe.
class Vault {
 public:
  // Reads the key from a file: 64 hexadecimal digits. Errors: FAILED_PRECONDITION with the remedy.
  static absl::StatusOr<Vault> Open(const std::string& path);
  // A vault with a key of the caller's.
  explicit Vault(std::string key) : key_(std::move(key)) {}

  // Seals a secret (XSalsa20-Poly1305): the suite's number, a random nonce, the sealed bytes. `place` says
  // whose it is; a sealed secret opens at its own place only.
  std::string Seal(std::string_view secret, std::string_view place, Random& random) const;
  // Opens what Seal gave. Errors: DATA_LOSS when it was altered, or sealed with another key or place.
  absl::StatusOr<std::string> Unseal(std::string_view sealed, std::string_view place) const;

  // The hash of a random code (NewCode) at its place, as bytes. Keyed, and fast: a code has enough random
  // bits that nobody tries them all, and a roster's slips are made in one go.
  std::string HashOf(std::string_view code, std::string_view place) const;

 private:
  std::string key_;
};

}  // namespace tonghu::access
