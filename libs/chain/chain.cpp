#include "libs/chain/chain.h"

#include <endian.h>
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tonghu::chain {
namespace {

void Append64(std::string& out, int64_t number) {
  const uint64_t big_endian = htobe64(static_cast<uint64_t>(number));
  out.append(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian));
}

// The length stands before a text, so that no two rows give the same bytes.
void AppendText(std::string& out, std::string_view text) {
  Append64(out, static_cast<int64_t>(text.size()));
  out += text;
}

}  // namespace

std::string Beginning() { return std::string(kHashBytes, '\0'); }

std::string HashAfter(std::string_view before, const Row& row) {
  std::string head = "tonghu journal v1\n";
  head += before;
  for (const int64_t number : {int64_t{row.shard}, row.seq, row.events, row.time_micros})
    Append64(head, number);
  AppendText(head, row.type);
  AppendText(head, row.county);
  // The payload itself is not copied: a run of events may hold 200 KB.
  Append64(head, static_cast<int64_t>(row.payload.size()));
  // A context is dear to make and is used again; the algorithm is looked up once.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                            &EVP_MD_CTX_free);
  std::string hash(kHashBytes, '\0');
  if (sha256 == nullptr || context == nullptr || EVP_DigestInit_ex2(context.get(), sha256, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), head.data(), head.size()) != 1 ||
      EVP_DigestUpdate(context.get(), row.payload.data(), row.payload.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr) != 1) {
    // Without the hash no event can be written, so the process ends.
    std::fputs("SHA-256 is not available in this OpenSSL\n", stderr);
    std::abort();
  }
  return hash;
}

}  // namespace tonghu::chain
