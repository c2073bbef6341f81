#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/journal/time.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"
#include "services/alerts/app/policies.h"
#include "services/alerts/postgres/policy_rows.h"
#include "services/alerts/rpc/decide.h"
#include "services/alerts/rpc/messages.h"
#include "services/alerts/rpc/services.h"
#include "services/alerts/rpc/signal_requests.h"
#include "tonghu/alerts/v1/policy_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);
constexpr absl::Duration kPatience = absl::Seconds(2);  // how long pairing is waited for

absl::StatusOr<Kind> KindIn(int kind, std::string_view field) {
  if (kind != v1::ALERT_KIND_UNSPECIFIED && v1::AlertKind_IsValid(kind)) return static_cast<Kind>(kind);
  return refusal::Invalid("ALERT_KIND_MISSING", field, "kind must be one of the alert kinds",
                          "请选择预警类型");
}

// A step whose delay is left out would be taken at once, so 0 s must be given. The first step is taken at
// once anyway.
absl::Status CheckGiven(const v1::EscalationPolicy& policy) {
  for (int i = 1; i < policy.steps_size(); ++i) {
    if (policy.steps(i).has_delay()) continue;
    return refusal::Invalid("POLICY_INVALID", absl::StrCat("policy.steps[", i, "].delay"),
                            "delay must be given; 0 s: together with the step before",
                            "请填写该步的间隔时间；与上一步同时通知请填0秒");
  }
  return absl::OkStatus();
}

// Reads a request to put a policy. The policy itself is checked by the domain.
absl::StatusOr<PolicyChange> ChangeOf(const v1::PutEscalationPolicyRequest& request,
                                      const std::string& county) {
  RETURN_IF_ERROR(KindIn(request.policy().kind(), "policy.kind").status());
  RETURN_IF_ERROR(CheckGiven(request.policy()));
  return PolicyChange{.county = county, .policy = PolicyOf(request.policy())};
}

// Reads a request to try a policy. Errors: refusals.
absl::StatusOr<PolicyTrial> TrialOf(const v1::TryEscalationPolicyRequest& request,
                                    const std::string& county) {
  ASSIGN_OR_RETURN(auto kind, KindIn(request.kind(), "kind"));
  const bool child =
      kind != Kind::kAttendanceNotSent && kind != Kind::kWhisperOverdue && kind != Kind::kTermMissing;
  if (request.child().empty() == child || request.school().empty() != child) {
    return refusal::Invalid(
        "CHILD_OR_SCHOOL", child ? "child" : "school",
        "an alert that attendance was not sent, or about a whisper box, is about a school, others about a "
        "child",
        child ? "此类预警针对儿童，请只指定一名儿童" : "未报考勤、悄悄话逾期预警针对学校，请只指定一所学校");
  }
  PolicyTrial trial{.county = county, .kind = kind};
  if (request.has_raise_time()) trial.raise_time = clock::ToTime(request.raise_time());
  ASSIGN_OR_RETURN(auto id, child ? IdIn(county, request.child(), "children", "child")
                                  : IdIn(county, request.school(), "schools", "school"));
  (child ? trial.child_id : trial.school_id) = std::move(id);
  if (!request.has_policy()) return trial;
  RETURN_IF_ERROR(CheckGiven(request.policy()));
  trial.policy = PolicyOf(request.policy());
  return trial;
}

absl::StatusOr<v1::EscalationPolicy> ReplyOf(const PolicyChange& change) {
  if (!change.stored.ok()) return change.stored.status();
  return MessageOf(change.county, *change.stored);
}

// The version asked for, else the policy in force.
absl::StatusOr<v1::EscalationPolicy> Get(const journal::Query& query,
                                         const v1::GetEscalationPolicyRequest& request) {
  const std::string& county = query.call.county();
  ASSIGN_OR_RETURN(auto kind, KindIn(request.kind(), "kind"));
  ASSIGN_OR_RETURN(auto book, LoadPolicies(query.db, {county}));
  const Policy* policy =
      request.has_version() ? book.Find(county, kind, request.version()) : &book.InForce(county, kind);
  if (policy == nullptr)
    return refusal::NotFound("POLICY_NOT_FOUND", "version", "no such version of the policy",
                             "没有该版本的升级方案");
  return MessageOf(county, *policy);
}

// The staff ids of those paired with a child, who owe the child duties; each once. Errors:
// FAILED_PRECONDITION, reason CHILD_NOT_PAIRED; as pairing's, and UNAVAILABLE when pairing gives no answer.
absl::StatusOr<std::vector<std::string>> DutyOwnersOf(pairing::v1::PairingService::StubInterface& pairings,
                                                      const std::string& county,
                                                      const std::string& child_id) {
  pairing::v1::ListPairingsRequest request;
  request.set_parent(absl::StrCat("counties/", county));
  request.set_child(NameOf(county, "children", child_id));
  // One page holds all of a child's pairings.
  request.set_page_size(1000);
  pairing::v1::ListPairingsResponse response;
  const auto context = rpc::WithDeadline(kPatience);
  const grpc::Status asked = pairings.ListPairings(context.get(), request, &response);
  if (!asked.ok()) return rpc::FromGrpc(asked);
  std::vector<std::string> helpers;
  for (const auto& pairing : response.pairings()) {
    ASSIGN_OR_RETURN(auto name, ids::ParseName(pairing.helper(), "staffMembers", "helper"));
    if (std::find(helpers.begin(), helpers.end(), name.id) == helpers.end()) helpers.push_back(name.id);
  }
  if (!helpers.empty()) return helpers;
  return refusal::Precondition("CHILD_NOT_PAIRED", "child",
                               "nobody owes the child anything, so no duty can be missed",
                               "该儿童尚未结对，不会产生任务；请先结对再试算");
}

// Gives who would be told when, if nobody answered.
absl::StatusOr<v1::TryEscalationPolicyResponse> Try(journal::Node& node,
                                                    pairing::v1::PairingService::StubInterface& pairings,
                                                    const v1::TryEscalationPolicyRequest& request,
                                                    const std::string& county) {
  ASSIGN_OR_RETURN(auto trial, TrialOf(request, county));
  if (trial.kind == Kind::kDutyMissed) {
    ASSIGN_OR_RETURN(auto owners, DutyOwnersOf(pairings, trial.county, trial.child_id));
    trial.helper_ids = std::move(owners);
  }
  ASSIGN_OR_RETURN(auto connection, node.pool().Acquire(kAcquire));
  if (!request.has_raise_time()) {
    ASSIGN_OR_RETURN(auto now, journal::Now(*connection, node.clock()));
    trial.raise_time = now;
  }
  ASSIGN_OR_RETURN(auto entries, TryPolicy(*connection, trial));
  v1::TryEscalationPolicyResponse response;
  for (const Entry& entry : entries) *response.add_entries() = MessageOf(trial.county, entry);
  return response;
}

}  // namespace

std::unique_ptr<journal::Service> OfferPolicies(journal::Node& node,
                                                const std::shared_ptr<grpc::Channel>& channel) {
  auto policies = node.Offer<v1::PolicyService>();
  policies->Command<v1::PutEscalationPolicyRequest, v1::EscalationPolicy>(
      "PutEscalationPolicy", Decider(ChangeOf, PutPolicies, ReplyOf));
  policies->Answer<v1::GetEscalationPolicyRequest, v1::EscalationPolicy>("GetEscalationPolicy", Get);
  // Pairing is asked first, so that no connection is held while it answers.
  policies->Blocking<v1::TryEscalationPolicyRequest, v1::TryEscalationPolicyResponse>(
      "TryEscalationPolicy",
      [&node, pairings = std::shared_ptr(pairing::v1::PairingService::NewStub(channel))](
          const rpc::Call& call, const v1::TryEscalationPolicyRequest& request) {
        return Try(node, *pairings, request, call.county());
      });
  return policies;
}

}  // namespace tonghu::alerts
