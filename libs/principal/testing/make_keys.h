// Keys for tests.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <string>

namespace tonghu::principal::testing {

// Makes a pair of keys as `openssl genpkey -algorithm ed25519` does.
inline void MakeKeys(const std::string& private_path, const std::string& public_path) {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr);
  EVP_PKEY* key = nullptr;
  ASSERT_EQ(EVP_PKEY_keygen_init(context), 1);
  ASSERT_EQ(EVP_PKEY_keygen(context, &key), 1);
  FILE* file = fopen(private_path.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  fclose(file);
  file = fopen(public_path.c_str(), "w");
  PEM_write_PUBKEY(file, key);
  fclose(file);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
}

}  // namespace tonghu::principal::testing
