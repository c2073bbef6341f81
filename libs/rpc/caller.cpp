#include "libs/rpc/caller.h"

#include "absl/strings/match.h"
#include "libs/refusal/refusal.h"

namespace tonghu::rpc {
namespace {

constexpr char kOperator[] = "operators/local";
constexpr char kServices[] = "services/";
constexpr char kGateway[] = "services/gateway";

absl::Status NotSignedIn() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN", "", "nobody known calls",
                        "尚未登录或登录已失效，请登录后再试。"});
}

CallerPtr CallerOf(std::string actor, rights::Role role) {
  auto caller = std::make_shared<Caller>();
  caller->actor = std::move(actor);
  caller->rights.push_back({role, {}});
  return caller;
}

}  // namespace

CallerPtr LocalOperator() {
  static const auto& local = *new CallerPtr(CallerOf(kOperator, rights::Role::kLocalOperator));
  return local;
}

absl::StatusOr<CallerPtr> Identify(const std::string& peer, const grpc::ServerContextBase& context,
                                   principal::Verifier* verifier, absl::Time now) {
  const auto& metadata = context.client_metadata();
  const auto sent = metadata.find(principal::kIdentityKey);
  const bool service = absl::StartsWith(peer, kServices);
  if (sent != metadata.end()) {
    // Two identities in one call would leave open whose it is.
    if (verifier == nullptr || metadata.count(principal::kIdentityKey) > 1) return NotSignedIn();
    const std::string presenter = service ? peer.substr(sizeof(kServices) - 1) : peer;
    return verifier->Verify(std::string(sent->second.data(), sent->second.size()), presenter, now);
  }
  if (peer.empty() || peer == kOperator) return LocalOperator();
  if (peer == kGateway) return CallerOf(peer, rights::Role::kGateway);
  if (service) return CallerOf(peer, rights::Role::kService);
  return NotSignedIn();
}

}  // namespace tonghu::rpc
