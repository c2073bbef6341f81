#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/policy_draft.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {
namespace {

// Stores a version and has the county planned anew.
absl::StatusOr<v1::DutyPolicy> Store(journal::ShardTransaction& transaction, const std::string& county,
                                     DutyKind kind, DutyPolicy policy) {
  policy.origin = county == kOfProvince ? PolicyOrigin::kProvince : PolicyOrigin::kCounty;
  ASSIGN_OR_RETURN(policy.version, PutPolicy(transaction.db(), county, kind, policy));
  // Duties of windows that have not begun follow the new version; a sweep plans them, as a county has many.
  RETURN_IF_ERROR(BeginReplanning(transaction.db(), transaction.shard(), county, transaction.now()));
  return MessageOf(county, kind, policy);
}

// Sets one policy; fields that are not given stay as in the version before.
absl::StatusOr<v1::DutyPolicy> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                      const v1::DutyPolicy& given) {
  ASSIGN_OR_RETURN(const DutyKind kind, KindOf(given.kind(), "policy.kind"));
  ASSIGN_OR_RETURN(const auto scope, ScopeOf(transaction.db(), county, given, "policy."));
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(transaction.db(), {county}));
  DutyPolicy policy = LastOf(policies, county, kind, scope);
  RETURN_IF_ERROR(Change(given, clock::DayOf(transaction.now()), policy));
  return Store(transaction, county, kind, std::move(policy));
}

// Ends one policy of the county's, or of the province's, own.
absl::StatusOr<v1::DutyPolicy> DeleteOne(journal::ShardTransaction& transaction, const std::string& county,
                                         const v1::DeleteDutyPolicyRequest& request) {
  ASSIGN_OR_RETURN(const DutyKind kind, KindOf(request.kind(), "kind"));
  ASSIGN_OR_RETURN(const auto scope, ScopeOf(transaction.db(), county, request, ""));
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(transaction.db(), {county}));
  const Versions versions = policies.OfScope(county, kind, scope);
  const PolicyOrigin own = county == kOfProvince ? PolicyOrigin::kProvince : PolicyOrigin::kCounty;
  if (versions.empty() || versions.back().withdrawn || versions.back().origin != own) {
    return refusal::NotFound("DUTY_POLICY_NOT_FOUND", "kind",
                             "there is no such policy of one's own; see ListDutyPolicies",
                             "没有自行作出的这项规定，请在任务规定列表中核对");
  }
  DutyPolicy policy = versions.back();
  policy.withdrawn = true;
  const absl::CivilDay today = clock::DayOf(transaction.now());
  ASSIGN_OR_RETURN(policy.effective_from, FirstDayOf(request.effective_from(), today, "effective_from"));
  RETURN_IF_ERROR(CheckFirstDay(policy.effective_from, today, "effective_from"));
  return Store(transaction, county, kind, std::move(policy));
}

}  // namespace

absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, PutOne(transaction, *command.county, command.request->policy())));
  }
  return absl::OkStatus();
}

absl::Status DeletePolicies(journal::ShardTransaction& transaction,
                            DeletePolicyCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, DeleteOne(transaction, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DutyPolicy> GetPolicy(postgres::Connection& db, const std::string& county,
                                         const v1::GetDutyPolicyRequest& request, absl::Time now) {
  ASSIGN_OR_RETURN(const DutyKind kind, KindOf(request.kind(), "kind"));
  ASSIGN_OR_RETURN(const auto scope, ScopeOf(db, county, request, ""));
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  return MessageOf(county, kind, HoldingFor(policies, county, kind, scope, now));
}

absl::StatusOr<v1::ListDutyPoliciesResponse> ListPolicies(postgres::Connection& db, const std::string& county,
                                                          absl::Time now) {
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  v1::ListDutyPoliciesResponse response;
  for (const DutyRule& rule : DutyRules()) {
    std::vector<PolicyScope> scopes = policies.Refinements(county, rule.kind);
    scopes.insert(scopes.begin(), PolicyScope());
    for (const PolicyScope& scope : scopes) {
      const Versions versions = policies.OfScope(county, rule.kind, scope);
      for (const DutyPolicy& version : FromNowOn(versions, now))
        *response.add_policies() = MessageOf(county, rule.kind, version);
    }
  }
  return response;
}

}  // namespace tonghu::pairing
