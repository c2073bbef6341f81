#include "services/access/secrets/vault.h"

#include <sodium.h>

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tonghu::access {
namespace {

constexpr char kSecretBox = 1;  // the suite: crypto_secretbox, with a key derived for the place

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A hash keyed with the vault's key, of a purpose and a text.
std::string Keyed(const std::string& key, const std::string& purpose, std::string_view text) {
  std::string hash(crypto_generichash_BYTES, '\0');
  const std::string all = purpose + "\n" + std::string(text);
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), Bytes(all), all.size(),
                     Bytes(key), key.size());
  return hash;
}

}  // namespace

absl::StatusOr<Vault> Vault::Open(const std::string& path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  text = std::string(absl::StripAsciiWhitespace(text));
  std::string key = absl::HexStringToBytes(text);
  if (text.size() == 64 && key.size() == 32 && absl::BytesToHexString(key) == absl::AsciiStrToLower(text))
    return Vault(std::move(key));
  return absl::FailedPreconditionError(absl::StrCat(
      "the key file ", path, " must hold 64 hexadecimal digits: make one with openssl rand -hex 32"));
}

std::string Vault::Seal(std::string_view secret, std::string_view place, Random& random) const {
  const std::string key = Keyed(key_, "seal", place);
  const std::string nonce = random.Bytes(crypto_secretbox_NONCEBYTES);
  std::string box(secret.size() + crypto_secretbox_MACBYTES, '\0');
  crypto_secretbox_easy(reinterpret_cast<unsigned char*>(box.data()), Bytes(secret), secret.size(),
                        Bytes(nonce), Bytes(key));
  return absl::StrCat(std::string(1, kSecretBox), nonce, box);
}

absl::StatusOr<std::string> Vault::Unseal(std::string_view sealed, std::string_view place) const {
  constexpr size_t kBefore = 1 + crypto_secretbox_NONCEBYTES;
  if (sealed.size() < kBefore + crypto_secretbox_MACBYTES || sealed[0] != kSecretBox)
    return absl::DataLossError("a sealed secret of no known suite");
  const std::string key = Keyed(key_, "seal", place);
  const std::string_view box = sealed.substr(kBefore);
  std::string secret(box.size() - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(secret.data()), Bytes(box), box.size(),
                                 Bytes(sealed.substr(1)), Bytes(key)) != 0)
    return absl::DataLossError("a sealed secret does not open with this key");
  return secret;
}

std::string Vault::HashOf(std::string_view code, std::string_view place) const {
  return Keyed(key_, "code " + std::string(place), Typed(code));
}

}  // namespace tonghu::access
