// Ed25519 (RFC 8032) by OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct evp_pkey_st;

namespace tonghu::principal {

using Key = std::shared_ptr<evp_pkey_st>;

// Reads a PEM file. Errors: FAILED_PRECONDITION when it can't be read or holds no such key.
absl::StatusOr<Key> ReadPrivateKey(const std::string& path);
absl::StatusOr<Key> ReadPublicKey(const std::string& path);

// The key's id: the first 16 hexadecimal digits of the SHA-256 of the public key's 32 bytes.
std::string IdOf(const Key& key);

// The signature of a private key over `context`, a line feed and `bytes`; empty when OpenSSL can't sign.
std::string Signed(const Key& key, std::string_view context, std::string_view bytes);
// Whether the key made the signature.
bool HasSigned(const Key& key, std::string_view context, std::string_view bytes, std::string_view signature);

}  // namespace tonghu::principal
