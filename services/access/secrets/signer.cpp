#include "services/access/secrets/signer.h"

#include "libs/clock/waker.h"
#include "libs/log/log.h"
#include "libs/principal/head.h"
#include "libs/principal/principal.h"
#include "libs/status/macros.h"

namespace tonghu::access {
namespace {

constexpr absl::Duration kReadEvery = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::unique_ptr<Signer>> Signer::Open(const std::string& path) {
  ASSIGN_OR_RETURN(auto key, principal::SigningKey::Read(path));
  return std::unique_ptr<Signer>(new Signer(path, std::move(key)));
}

absl::StatusOr<v1::SignedIdentity> Signer::Sign(const v1::Identity& identity) {
  return principal::Sign(Key(), identity);
}

principal::SigningKey Signer::Key() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = clock::MonotonicNow();
  if (now - read_ < kReadEvery) return key_;
  read_ = now;
  if (auto key = principal::SigningKey::Read(path_); key.ok()) {
    key_ = *std::move(key);
  } else {
    spdlog::warn("the signing key can't be read again: {}", key.status().ToString());
  }
  return key_;
}

absl::Status Signer::SignHead(v1::SignedHead& head) { return principal::SignHead(Key(), head); }

}  // namespace tonghu::access
