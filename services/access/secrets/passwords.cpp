#include "services/access/secrets/passwords.h"

#include <sodium.h>

#include <array>

namespace tonghu::access {
namespace {

constexpr size_t kMemory = 64 << 20;
constexpr unsigned long long kPasses = 2;  // NOLINT: libsodium's type

absl::StatusOr<std::string> HashOf(const std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return absl::ResourceExhaustedError("no memory for the hash of a password");
  return std::string(hash.data());
}

}  // namespace

absl::StatusOr<std::string> Passwords::Hash(const std::string& password) const {
  hashings_.Increment();
  return HashOf(password);
}

bool Passwords::IsOf(const std::string& hash, const std::string& password) const {
  static const std::string kNobodys = HashOf("nobody's").value_or("");
  const bool real = !hash.empty();
  const std::string& looked_at = real ? hash : kNobodys;
  const bool same = crypto_pwhash_str_verify(looked_at.c_str(), password.data(), password.size()) == 0;
  hashings_.Increment();  // here, so that what was not hashed is not counted
  return real && same;
}

}  // namespace tonghu::access
