#include "libs/principal/head.h"

#include <utility>

#include "libs/status/macros.h"

namespace tonghu::principal {
namespace {

constexpr char kHeadContext[] = "tonghu head v1";

std::string SignedBytes(access::v1::SignedHead head) {
  head.clear_signature();
  head.clear_key_id();
  return head.SerializeAsString();
}

}  // namespace

absl::Status SignHead(const SigningKey& key, access::v1::SignedHead& head) {
  ASSIGN_OR_RETURN(auto signature, key.Sign(kHeadContext, SignedBytes(head)));
  head.set_signature(std::move(signature.bytes));
  head.set_key_id(std::move(signature.key_id));
  return absl::OkStatus();
}

absl::StatusOr<bool> VerifyHead(PublicKeys& keys, const access::v1::SignedHead& head, absl::Time now) {
  return keys.Verify(kHeadContext, SignedBytes(head), {head.signature(), head.key_id()}, now);
}

}  // namespace tonghu::principal
