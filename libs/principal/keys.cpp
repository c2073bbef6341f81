#include "libs/principal/keys.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/principal/ed25519.h"
#include "libs/status/macros.h"

namespace tonghu::principal {
namespace {

constexpr absl::Duration kBetweenReads = absl::Seconds(1);
// A key that was taken out of the folder is refused from then on.
constexpr absl::Duration kReadAnew = absl::Minutes(1);
constexpr int kMostKeys = 16;

}  // namespace

SigningKey::SigningKey(Key key) : key_(std::move(key)), key_id_(IdOf(key_)) {}

absl::StatusOr<SigningKey> SigningKey::Read(const std::string& path) {
  ASSIGN_OR_RETURN(auto key, ReadPrivateKey(path));
  return SigningKey(std::move(key));
}

absl::StatusOr<Signature> SigningKey::Sign(std::string_view context, std::string_view bytes) const {
  std::string signature = Signed(key_, context, bytes);
  if (signature.empty()) return absl::InternalError("OpenSSL could not sign");
  return Signature{std::move(signature), key_id_};
}

absl::StatusOr<bool> PublicKeys::Verify(std::string_view context, std::string_view bytes,
                                        const Signature& signature, absl::Time now) {
  ASSIGN_OR_RETURN(auto key, Find(signature.key_id, now));
  return key != nullptr && HasSigned(key, context, bytes, signature.bytes);
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
    auto key = ReadPublicKey(files->path());
    if (key.ok()) keys[IdOf(*key)] = *key;
  }
  keys_ = std::move(keys);
  return absl::OkStatus();
}

}  // namespace tonghu::principal
