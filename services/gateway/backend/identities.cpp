#include "services/gateway/backend/identities.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/deadline.h"
#include "libs/rpc/errors.h"

namespace tonghu::gateway {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);
constexpr absl::Duration kLongestReuse = absl::Seconds(10);  // whatever access, or a clock, says

grpc::Status NotSignedIn() {
  return rpc::ToGrpc(
      refusal::Make({absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN", "",
                     "the call has neither a session nor an API key", "您尚未登录，请先登录。"}));
}

grpc::Status NoAccess() {
  return rpc::ToGrpc(
      refusal::Make({absl::StatusCode::kUnavailable, "SIGN_IN_UNAVAILABLE", "",
                     "access does not answer; try again in a moment", "登录服务暂时不可用，请稍后重试。"}));
}

std::string KeyOf(const Caller& caller, const std::string& audience) {
  // None of the parts has a NUL: header values can't.
  const char nul[] = {'\0'};
  const absl::string_view gap(nul, 1);
  return absl::StrCat(caller.token, gap, audience, gap, caller.address, gap, caller.user_agent, gap,
                      caller.purpose);
}

}  // namespace

struct Identities::Question {
  grpc::ClientContext context;
  access::v1::IssueIdentityRequest request;
  access::v1::IssueIdentityResponse response;
};

Identities::Identities(const std::shared_ptr<grpc::Channel>& channel, const clock::Clock& wall)
    : access_(channel == nullptr ? nullptr : access::v1::SessionService::NewStub(channel)), wall_(wall) {}

void Identities::Ask(const Caller& caller, const std::string& audience, Done done) {
  if (caller.token.empty()) return done(NotSignedIn(), {});
  if (access_ == nullptr) return done(NoAccess(), {});
  std::string key = KeyOf(caller, audience);
  Known known;
  if (Find(key, known)) return done(grpc::Status::OK, known);
  auto question = std::make_shared<Question>();
  question->context.set_deadline(rpc::MonotonicDeadline(kTimeout));
  question->request.set_token(caller.token);
  question->request.set_audience(audience);
  question->request.set_address(caller.address);
  question->request.set_user_agent(caller.user_agent);
  question->request.set_purpose(caller.purpose);
  access_->async()->IssueIdentity(
      &question->context, &question->request, &question->response,
      [this, question, key = std::move(key), done = std::move(done)](const grpc::Status& status) {
        const bool away = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                          status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
        if (!status.ok()) return done(away && status.error_details().empty() ? NoAccess() : status, {});
        Known issued;
        issued.identity = question->response.identity().SerializeAsString();
        access::v1::Identity identity;
        if (identity.ParseFromString(question->response.identity().identity())) {
          issued.account = identity.actor();
          for (const auto& right : identity.rights()) issued.rights += right.SerializeAsString() + "\n";
        }
        const absl::Duration reuse = std::clamp(clock::ToTime(question->response.reuse_until()) - wall_.Now(),
                                                absl::ZeroDuration(), kLongestReuse);
        if (reuse > absl::ZeroDuration())
          Keep(key, {issued, question->request.token(), clock::MonotonicNow() + reuse});
        done(grpc::Status::OK, issued);
      });
}

bool Identities::Find(const std::string& key, Known& known) {
  absl::MutexLock lock(&mutex_);
  const auto found = kept_.find(key);
  if (found == kept_.end() || found->second.until <= clock::MonotonicNow()) return false;
  known = found->second.known;
  return true;
}

void Identities::Erase(const std::function<bool(const Kept&)>& condition) {
  for (auto at = kept_.begin(); at != kept_.end();) {
    const auto here = at++;
    if (!condition(here->second)) continue;
    bytes_ -= here->second.bytes();
    kept_.erase(here);
  }
}

bool Identities::HasRoomFor(const Kept& one) const {
  return kept_.size() < kMostKept && bytes_ + one.bytes() <= kMostKeptBytes;
}

void Identities::Keep(const std::string& key, Kept kept) {
  absl::MutexLock lock(&mutex_);
  if (!HasRoomFor(kept)) {
    Erase([now = clock::MonotonicNow()](const Kept& one) { return one.until <= now; });
    // So many callers within seconds: access is asked more often.
    if (!HasRoomFor(kept)) Erase([](const Kept&) { return true; });
  }
  Kept& place = kept_[key];
  bytes_ += kept.bytes() - place.bytes();
  place = std::move(kept);
}

void Identities::Forget(const std::string& token) {
  absl::MutexLock lock(&mutex_);
  Erase([&token](const Kept& one) { return one.token == token; });
}

}  // namespace tonghu::gateway
