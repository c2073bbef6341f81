#include "libs/principal/ed25519.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tonghu::principal {
namespace {

constexpr size_t kPublicBytes = 32, kSignatureBytes = 64, kIdDigits = 16;

using Reader = EVP_PKEY* (*)(BIO*, EVP_PKEY**, pem_password_cb*, void*);

// No key of ours is locked by a password; without this OpenSSL asks at the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

absl::StatusOr<Key> ReadKey(const std::string& path, Reader read) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(path.c_str(), "r"), &BIO_free);
  if (file == nullptr) return absl::FailedPreconditionError(absl::StrCat("can't read the key file ", path));
  Key key(read(file.get(), nullptr, &NoPassword, nullptr), &EVP_PKEY_free);
  if (key == nullptr || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519)
    return absl::FailedPreconditionError(absl::StrCat(path, " holds no Ed25519 key in PEM"));
  return key;
}

const unsigned char* Raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// What is signed.
std::string Text(std::string_view context, std::string_view bytes) {
  return absl::StrCat(std::string(context), "\n", std::string(bytes));
}

using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

}  // namespace

absl::StatusOr<Key> ReadPrivateKey(const std::string& path) {
  return ReadKey(path, &PEM_read_bio_PrivateKey);
}
absl::StatusOr<Key> ReadPublicKey(const std::string& path) { return ReadKey(path, &PEM_read_bio_PUBKEY); }

std::string IdOf(const Key& key) {
  unsigned char bytes[kPublicBytes];
  size_t size = sizeof(bytes);
  if (EVP_PKEY_get_raw_public_key(key.get(), bytes, &size) != 1) return "";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(bytes, size, hash);
  const std::string digest(reinterpret_cast<const char*>(hash), sizeof(hash));
  return absl::BytesToHexString(digest).substr(0, kIdDigits);
}

std::string Signed(const Key& key, std::string_view context, std::string_view bytes) {
  const std::string text = Text(context, bytes);
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  unsigned char signature[kSignatureBytes];
  size_t size = sizeof(signature);
  // Ed25519 hashes by itself: no digest is named.
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), signature, &size, Raw(text), text.size()) != 1)
    return "";
  return std::string(reinterpret_cast<const char*>(signature), size);
}

bool HasSigned(const Key& key, std::string_view context, std::string_view bytes, std::string_view signature) {
  if (signature.size() != kSignatureBytes) return false;
  const std::string text = Text(context, bytes);
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return digest != nullptr && EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), Raw(signature), signature.size(), Raw(text), text.size()) == 1;
}

}  // namespace tonghu::principal
