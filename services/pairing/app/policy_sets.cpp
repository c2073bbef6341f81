#include "services/pairing/domain/policy_sets.h"

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

// Puts all policies of one set. Nothing is stored before all are checked, so that a refusal leaves nothing.
absl::StatusOr<v1::ApplyDutyPolicySetResponse> ApplyOne(journal::ShardTransaction& transaction,
                                                        const std::string& county,
                                                        const v1::ApplyDutyPolicySetRequest& request) {
  const PolicySet* set = FindPolicySet(request.set());
  if (set == nullptr) {
    return refusal::NotFound("DUTY_POLICY_SET_NOT_FOUND", "set", "no such set; see ListDutyPolicySets",
                             "没有这套现成规定，请在列表中选择，例如 五个一");
  }
  ASSIGN_OR_RETURN(const auto scope, ScopeOf(transaction.db(), county, request, ""));
  const absl::CivilDay today = clock::DayOf(transaction.now());
  ASSIGN_OR_RETURN(const auto from, FirstDayOf(request.effective_from(), today, "effective_from"));
  RETURN_IF_ERROR(CheckFirstDay(from, today, "effective_from"));
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(transaction.db(), {county}));
  v1::ApplyDutyPolicySetResponse response;
  for (const ReadyPolicy& ready : set->policies) {
    DutyPolicy policy = LastOf(policies, county, ready.kind, scope);
    policy.cadence = ready.cadence;
    policy.owed_by = ready.owed_by;
    policy.effective_from = from;
    policy.origin = county == kOfProvince ? PolicyOrigin::kProvince : PolicyOrigin::kCounty;
    ASSIGN_OR_RETURN(policy.version, PutPolicy(transaction.db(), county, ready.kind, policy));
    *response.add_policies() = MessageOf(county, ready.kind, policy);
  }
  RETURN_IF_ERROR(BeginReplanning(transaction.db(), transaction.shard(), county, transaction.now()));
  return response;
}

}  // namespace

absl::Status ApplyPolicySets(journal::ShardTransaction& transaction,
                             ApplyPolicySetCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, ApplyOne(transaction, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

v1::ListDutyPolicySetsResponse ListPolicySets(const std::string& county) {
  v1::ListDutyPolicySetsResponse response;
  for (const PolicySet& set : PolicySets()) {
    v1::DutyPolicySet& message = *response.add_sets();
    message.set_set(set.id);
    message.set_display_name(set.name);
    message.set_description(set.description);
    for (const ReadyPolicy& ready : set.policies) {
      DutyPolicy policy = RuleOf(ready.kind).built_in;
      policy.cadence = ready.cadence;
      policy.owed_by = ready.owed_by;
      *message.add_policies() = MessageOf(county, ready.kind, policy);
    }
  }
  return response;
}

}  // namespace tonghu::pairing
