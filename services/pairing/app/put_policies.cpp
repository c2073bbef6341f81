#include "libs/clock/duration.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {
namespace {

// The county's policy for a kind, as a caller gave it. Errors: DUTY_KIND_MISSING for no kind.
absl::StatusOr<DutyPolicy> ReadOne(postgres::Connection& db, const std::string& county, int kind,
                                   std::string_view field) {
  const DutyRule* rule = FindRule(kind);
  if (rule == nullptr) return DutyKindMissing(field);
  ASSIGN_OR_RETURN(auto policies, LoadPolicies(db, {county}));
  return policies.Of(county, rule->kind);
}

// Sets one policy; fields that are not given stay as they are.
absl::StatusOr<v1::DutyPolicy> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                      const v1::DutyPolicy& given) {
  ASSIGN_OR_RETURN(auto policy, ReadOne(transaction.db(), county, given.kind(), "policy.kind"));
  if (given.has_report_grace()) policy.report_grace = clock::ToDuration(given.report_grace());
  if (given.has_late_report_after()) policy.late_report_after = clock::ToDuration(given.late_report_after());
  RETURN_IF_ERROR(CheckPolicy(policy));
  const DutyKind kind{given.kind()};
  // Duties that are made already keep their due time: a policy changes what is made from now on.
  ASSIGN_OR_RETURN(auto version, PutPolicy(transaction.db(), county, kind, policy));
  policy.version = version;
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

absl::StatusOr<v1::DutyPolicy> GetPolicy(postgres::Connection& db, const std::string& county, int kind) {
  ASSIGN_OR_RETURN(auto policy, ReadOne(db, county, kind, "kind"));
  return MessageOf(county, DutyKind{kind}, policy);
}

}  // namespace tonghu::pairing
