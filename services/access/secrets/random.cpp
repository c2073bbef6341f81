#include "services/access/secrets/random.h"

#include <sodium.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace tonghu::access {
namespace {

// Without I, L, O, U, 0 and 1, which people mistake for others (U for V).
constexpr std::string_view kAlphabet = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
constexpr int kGroup = 4;

}  // namespace

std::string SystemRandom::Bytes(size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string NewToken(Random& random) { return absl::WebSafeBase64Escape(random.Bytes(32)); }

std::string NewCode(Random& random, int groups) {
  std::string code;
  const int wanted = groups * kGroup;
  // A byte beyond the last multiple of the alphabet's size is dropped, so that every character is as likely.
  constexpr size_t kFair = 256 / kAlphabet.size() * kAlphabet.size();
  for (int made = 0; made < wanted;) {
    for (const char byte : random.Bytes(wanted)) {
      const auto value = static_cast<unsigned char>(byte);
      if (value >= kFair || made == wanted) continue;
      if (made > 0 && made % kGroup == 0) code += '-';
      code += kAlphabet[value % kAlphabet.size()];
      ++made;
    }
  }
  return code;
}

std::string Typed(std::string_view code) {
  std::string typed;
  for (const char c : code) {
    if (c == '-' || absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
    typed += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return typed;
}

std::string Sha256(std::string_view text) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hash;
}

}  // namespace tonghu::access
