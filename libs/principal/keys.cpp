#include "libs/principal/keys.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::principal {
namespace {

using Key = std::shared_ptr<evp_pkey_st>;

constexpr absl::Duration kBetweenReads = absl::Seconds(1);
// A key that was taken out of the folder is refused from then on.
constexpr absl::Duration kReadAnew = absl::Minutes(1);
constexpr int kMostKeys = 16;
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

std::string IdOf(EVP_PKEY* key) {
  unsigned char bytes[kPublicBytes];
  size_t size = sizeof(bytes);
  if (EVP_PKEY_get_raw_public_key(key, bytes, &size) != 1) return "";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(bytes, size, hash);
  const std::string digest(reinterpret_cast<const char*>(hash), sizeof(hash));
  return absl::BytesToHexString(digest).substr(0, kIdDigits);
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

SigningKey::SigningKey(Key key) : key_(std::move(key)), key_id_(IdOf(key_.get())) {}

absl::StatusOr<SigningKey> SigningKey::Read(const std::string& path) {
  ASSIGN_OR_RETURN(auto key, ReadKey(path, &PEM_read_bio_PrivateKey));
  return SigningKey(std::move(key));
}

absl::StatusOr<Signature> SigningKey::Sign(std::string_view context, std::string_view bytes) const {
  const std::string text = Text(context, bytes);
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  unsigned char signature[kSignatureBytes];
  size_t size = sizeof(signature);
  // Ed25519 hashes by itself: no digest is named.
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(digest.get(), signature, &size, Raw(text), text.size()) != 1)
    return absl::InternalError("OpenSSL could not sign");
  return Signature{std::string(reinterpret_cast<const char*>(signature), size), key_id_};
}

absl::StatusOr<bool> PublicKeys::Verify(std::string_view context, std::string_view bytes,
                                        const Signature& signature, absl::Time now) {
  ASSIGN_OR_RETURN(auto key, Find(signature.key_id, now));
  if (key == nullptr || signature.bytes.size() != kSignatureBytes) return false;
  const std::string text = Text(context, bytes);
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return digest != nullptr && EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), Raw(signature.bytes), signature.bytes.size(), Raw(text),
                          text.size()) == 1;
}

absl::StatusOr<Key> PublicKeys::Find(const std::string& key_id, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  auto found = keys_.find(key_id);
  const absl::Duration since = now - read_;
  // A clock that was set back must not keep new keys out.
  const bool due = since >= kBetweenReads || since < absl::ZeroDuration();
  if ((found == keys_.end() && due) || since >= kReadAnew) {
    read_ = now;
    RETURN_IF_ERROR(ReadFolder());
    found = keys_.find(key_id);
  }
  return found == keys_.end() ? nullptr : found->second;
}

absl::Status PublicKeys::ReadFolder() {
  std::map<std::string, Key> keys;
  std::error_code error;
  std::filesystem::directory_iterator files(folder_, error);
  if (error)
    return absl::FailedPreconditionError(absl::StrCat("can't read the folder of public keys ", folder_));
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    if (files->path().extension() != ".pem" || keys.size() >= kMostKeys) continue;
    // A file that is being written, or that is no key, does not keep the others out.
    auto key = ReadKey(files->path(), &PEM_read_bio_PUBKEY);
    if (key.ok()) keys[IdOf(key->get())] = *key;
  }
  keys_ = std::move(keys);
  return absl::OkStatus();
}

}  // namespace tonghu::principal
