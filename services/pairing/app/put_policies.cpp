#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/policy_draft.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {
namespace {

// Sets one policy; fields that are not given stay as in the version before.
absl::StatusOr<v1::DutyPolicy> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                      const v1::DutyPolicy& given) {
  ASSIGN_OR_RETURN(auto versions, ReadVersions(transaction.db(), county, given.kind(), "policy.kind"));
  DutyPolicy policy = std::move(versions.back());
  RETURN_IF_ERROR(Change(given, clock::DayOf(transaction.now()), policy));
  const DutyKind kind{given.kind()};
  ASSIGN_OR_RETURN(policy.version, PutPolicy(transaction.db(), county, kind, policy));
  // Duties of windows that have not begun follow the new version; a sweep plans them, as a county has many.
  RETURN_IF_ERROR(BeginReplanning(transaction.db(), transaction.shard(), county, transaction.now()));
  return MessageOf(county, kind, policy);
}

}  // namespace

absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    auto put = PutOne(transaction, *command.county, command.request->policy());
    if (!put.ok() && !refusal::IsRefusal(put.status())) return put.status();
    *command.reply = std::move(put);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DutyPolicy> GetPolicy(postgres::Connection& db, const std::string& county, int kind,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(const auto versions, ReadVersions(db, county, kind, "kind"));
  return MessageOf(county, DutyKind{kind}, VersionAt(versions, now));
}

absl::StatusOr<v1::ListDutyPoliciesResponse> ListPolicies(postgres::Connection& db, const std::string& county,
                                                          absl::Time now) {
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  v1::ListDutyPoliciesResponse response;
  for (const DutyRule& rule : DutyRules()) {
    const Versions versions = policies.Of(county, rule.kind);
    for (const DutyPolicy* one = &VersionAt(versions, now); one != versions.end(); ++one)
      *response.add_policies() = MessageOf(county, rule.kind, *one);
  }
  return response;
}

}  // namespace tonghu::pairing
