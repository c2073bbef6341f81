// Signed heads of the journals (tonghu.access.v1.SignedHead).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/principal/keys.h"
#include "tonghu/access/v1/audit_service.pb.h"

namespace tonghu::principal {

// Fills in signature and key_id. Errors: INTERNAL.
absl::Status SignHead(const SigningKey& key, access::v1::SignedHead& head);

// Whether one of the keys has signed the head. Errors: as PublicKeys::Verify.
absl::StatusOr<bool> VerifyHead(PublicKeys& keys, const access::v1::SignedHead& head, absl::Time now);

}  // namespace tonghu::principal
