// Ed25519 keys (RFC 8032) of the platform: one signs, all services verify.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

struct evp_pkey_st;

namespace tonghu::principal {

// A signature, and by which key.
struct Signature {
  std::string bytes;   // 64
  std::string key_id;  // the first 16 hexadecimal digits of the SHA-256 of the public key's 32 bytes
};

// A private key in a PEM file (PKCS 8). Thread-safe.
class SigningKey {
 public:
  // Reads the file. Errors: FAILED_PRECONDITION when it can't be read or holds no Ed25519 key.
  static absl::StatusOr<SigningKey> Read(const std::string& path);

  // Signs `context`, a word and a version that keep signatures for one use from serving another, with a
  // line feed behind it, and `bytes`. Errors: INTERNAL.
  absl::StatusOr<Signature> Sign(std::string_view context, std::string_view bytes) const;
  const std::string& key_id() const { return key_id_; }

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key);
  std::shared_ptr<evp_pkey_st> key_;
  std::string key_id_;
};

// The public keys in a folder of PEM files (*.pem, at most 16): two or more while keys turn over.
// Thread-safe.
class PublicKeys {
 public:
  // The folder is read when it is first needed.
  explicit PublicKeys(std::string folder) : folder_(std::move(folder)) {}

  // Whether one of the keys made the signature. Reads the folder anew when the key is unknown, at most once a
  // second, and each minute. `now` is the machine's. Errors: FAILED_PRECONDITION when the folder can't be
  // read.
  absl::StatusOr<bool> Verify(std::string_view context, std::string_view bytes, const Signature& signature,
                              absl::Time now);

 private:
  absl::StatusOr<std::shared_ptr<evp_pkey_st>> Find(const std::string& key_id, absl::Time now);
  absl::Status ReadFolder() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string folder_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<evp_pkey_st>> keys_ ABSL_GUARDED_BY(mutex_);
  absl::Time read_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace tonghu::principal
