#include "libs/ids/ids.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "libs/ids/uuid.h"

namespace tonghu::ids {
namespace {

using Bytes = std::array<unsigned char, 16>;

constexpr size_t kRandomBytes = 10;  // random bytes of a UUIDv7: all but the millisecond
constexpr size_t kPoolBytes = kRandomBytes * 256;

// Sets the version and the variant (RFC 9562, section 4) and gives the text.
std::string Text(Bytes bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  return UuidText({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// UUIDv7 (RFC 9562, section 5.7): the milliseconds since 1970 in 48 bits, then random bits. Ids sort by time.
std::string V7(absl::Time now, const unsigned char* random) {
  const int64_t millis = std::clamp<int64_t>(absl::ToUnixMillis(now), 0, (int64_t{1} << 48) - 1);
  Bytes bytes;
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(millis >> (40 - 8 * i));
  std::memcpy(bytes.data() + 6, random, kRandomBytes);
  return Text(bytes, 7);
}

// Fills the pool with random bytes. Without them no id is safe to give, so a failure ends the process.
void FillRandom(std::vector<unsigned char>& pool) {
  pool.resize(kPoolBytes);
  size_t filled = 0;
  while (filled < pool.size()) {
    const ssize_t got = ::getrandom(pool.data() + filled, pool.size() - filled, 0);
    if (got > 0) {
      filled += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      std::perror("getrandom");
      std::abort();
    }
  }
}

}  // namespace

std::string FirstAt(absl::Time time) {
  const unsigned char none[kRandomBytes] = {};
  return V7(time, none);
}

std::string RandomSource::Next(absl::Time now) {
  unsigned char random[kRandomBytes];
  {
    absl::MutexLock lock(&mutex_);
    // One system call for many ids.
    if (pool_.empty()) FillRandom(pool_);
    std::memcpy(random, pool_.data() + pool_.size() - kRandomBytes, kRandomBytes);
    pool_.resize(pool_.size() - kRandomBytes);
  }
  return V7(now, random);
}

std::string SeededSource::Next(absl::Time now) {
  uint64_t words[2];
  {
    absl::MutexLock lock(&mutex_);
    words[0] = random_();
    words[1] = random_();
  }
  return V7(now, reinterpret_cast<const unsigned char*>(words));
}

std::string Derived(std::string_view name) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  if (EVP_Digest(name.data(), name.size(), digest, nullptr, EVP_sha256(), nullptr) != 1) {
    // Without the hash no id can be derived, so the process ends.
    std::fputs("SHA-256 is not available in this OpenSSL\n", stderr);
    std::abort();
  }
  // Version 8 (RFC 9562, section 5.8) is for ids of one's own making: here the beginning of a SHA-256.
  Bytes bytes;
  std::memcpy(bytes.data(), digest, bytes.size());
  return Text(bytes, 8);
}

std::string DerivedBeside(std::string_view id, std::string_view name) {
  constexpr size_t kMillisecond = 13;  // characters of the first 48 bits: "017f22e2-79b0"
  std::string derived = Derived(name);
  if (IsUuid(id)) derived.replace(0, kMillisecond, id.substr(0, kMillisecond));
  return derived;
}

bool IsUuid(std::string_view text) {
  std::string bytes;
  return AppendUuidBytes(text, bytes);
}

}  // namespace tonghu::ids
