#include "libs/principal/principal.h"

#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::principal {
namespace {

constexpr size_t kMostKnown = 4096;
constexpr size_t kMostKnownBytes = 16 << 20;
constexpr size_t kMostIdentity = 64 << 10;  // bytes
// Sign-in is the remedy of everything that is wrong with an identity, because the caller did not make it.
constexpr char kSignInAgain[] = "身份凭证无效或已过期，请重新登录后再试。";

absl::Status Forged() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "IDENTITY_FORGED", "",
                        "the identity was not signed by a known key", kSignInAgain});
}

absl::Status TooManyRights() {
  return refusal::Make(
      {absl::StatusCode::kResourceExhausted, "RIGHTS_TOO_MANY", "",
       "the account's rights name more single children than an identity can carry",
       "您名下单独结对的儿童过多，系统无法签发身份凭证；请联系县级管理员将部分儿童改由他人结对。"});
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::shared_ptr<const Principal> PrincipalOf(access::v1::Identity&& identity) {
  auto principal = std::make_shared<Principal>();
  principal->actor = std::move(*identity.mutable_actor());
  principal->staff_member = std::move(*identity.mutable_staff_member());
  for (const access::v1::Right& right : identity.rights()) principal->rights.push_back(FromMessage(right));
  principal->address = std::move(*identity.mutable_address());
  principal->purpose = std::move(*identity.mutable_purpose());
  principal->session_id = std::move(*identity.mutable_session_id());
  return principal;
}

}  // namespace

access::v1::Right ToMessage(const rights::Right& right) {
  access::v1::Right message;
  message.set_role(static_cast<access::v1::Role>(right.role));
  access::v1::Area& area = *message.mutable_area();
  area.set_county(right.area.county);
  area.set_township_code(right.area.township_code);
  area.set_school_id(right.area.school_id);
  area.set_grade(right.area.grade);
  area.set_class_number(right.area.class_number);
  area.mutable_child_ids()->Assign(right.area.child_ids.begin(), right.area.child_ids.end());
  return message;
}

rights::Right FromMessage(const access::v1::Right& message) {
  const access::v1::Area& area = message.area();
  const bool known = message.role() > 0 && message.role() < rights::kRoles;
  return {known ? static_cast<rights::Role>(message.role()) : rights::Role::kUnspecified,
          {.county = area.county(),
           .township_code = area.township_code(),
           .school_id = area.school_id(),
           .grade = area.grade(),
           .class_number = area.class_number(),
           .child_ids = {area.child_ids().begin(), area.child_ids().end()}}};
}

absl::StatusOr<access::v1::SignedIdentity> Sign(const SigningKey& key, const access::v1::Identity& identity) {
  access::v1::SignedIdentity made;
  made.set_identity(identity.SerializeAsString());
  ASSIGN_OR_RETURN(auto signature, key.Sign(kIdentityContext, made.identity()));
  made.set_signature(std::move(signature.bytes));
  made.set_key_id(std::move(signature.key_id));
  if (made.ByteSizeLong() > kMostIdentity) return TooManyRights();
  return made;
}

absl::StatusOr<std::shared_ptr<const Principal>> Verifier::Verify(const std::string& bytes,
                                                                  std::string_view presenter,
                                                                  absl::Time now) {
  std::shared_ptr<const Verified> verified = Known(bytes);
  if (verified == nullptr) {
    ASSIGN_OR_RETURN(verified, VerifySignature(bytes, now));
    Keep(bytes, verified);
  }
  if (verified->audience != audience_ || verified->presenter != presenter) {
    return refusal::Make({absl::StatusCode::kUnauthenticated, "IDENTITY_FOREIGN", "",
                          "the identity is for another service or another presenter", kSignInAgain});
  }
  if (verified->expires <= now) {
    return refusal::Make({absl::StatusCode::kUnauthenticated, "IDENTITY_EXPIRED", "",
                          "the identity has expired", kSignInAgain});
  }
  return verified->principal;
}

absl::StatusOr<std::shared_ptr<const Verifier::Verified>> Verifier::VerifySignature(const std::string& bytes,
                                                                                    absl::Time now) {
  access::v1::SignedIdentity sent;
  if (bytes.size() > kMostIdentity || !sent.ParseFromString(bytes)) return Forged();
  ASSIGN_OR_RETURN(const bool good,
                   keys_.Verify(kIdentityContext, sent.identity(), {sent.signature(), sent.key_id()}, now));
  access::v1::Identity identity;
  if (!good || !identity.ParseFromString(sent.identity())) return Forged();
  auto verified = std::make_shared<Verified>();
  verified->audience = identity.audience();
  verified->presenter = identity.presenter();
  verified->expires = TimeOf(identity.expire_time());
  verified->principal = PrincipalOf(std::move(identity));
  return verified;
}

std::shared_ptr<const Verifier::Verified> Verifier::Known(const std::string& bytes) {
  absl::MutexLock lock(&mutex_);
  const auto found = known_.find(bytes);
  return found == known_.end() ? nullptr : found->second;
}

void Verifier::Keep(const std::string& bytes, std::shared_ptr<const Verified> verified) {
  absl::MutexLock lock(&mutex_);
  if (!known_.try_emplace(bytes, std::move(verified)).second) return;
  order_.push_back(bytes);
  bytes_ += 2 * bytes.size();
  // Identities live for a minute or two, so the oldest is the one that is needed least.
  while (known_.size() > kMostKnown || bytes_ > kMostKnownBytes) {
    bytes_ -= 2 * order_.front().size();
    known_.erase(order_.front());
    order_.pop_front();
  }
}

}  // namespace tonghu::principal
