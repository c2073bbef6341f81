#include "libs/division/county.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/queries.h"
#include "services/pairing/rpc/one_at_a_time.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::pairing {
namespace {

absl::StatusOr<v1::DutyPolicy> ReadPolicy(const journal::Query& query,
                                          const v1::GetDutyPolicyRequest& request) {
  ASSIGN_OR_RETURN(const auto now, query.Now());
  return GetPolicy(query.db, query.call.county(), request, now);
}

absl::StatusOr<v1::ListDutyPoliciesResponse> ReadPolicies(const journal::Query& query,
                                                          const v1::ListDutyPoliciesRequest&) {
  ASSIGN_OR_RETURN(const auto now, query.Now());
  return ListPolicies(query.db, query.call.county(), now);
}

absl::StatusOr<v1::ListDutyPolicySetsResponse> ReadPolicySets(const journal::Query& query,
                                                              const v1::ListDutyPolicySetsRequest&) {
  return ListPolicySets(query.call.county());
}

absl::StatusOr<v1::TryDutyPolicyResponse> Try(const journal::Query& query,
                                              const v1::TryDutyPolicyRequest& request) {
  ASSIGN_OR_RETURN(auto county, division::ParseCounty(request.policy().parent(), "policy.parent"));
  ASSIGN_OR_RETURN(const auto now, query.Now());
  return TryPolicy(query.db, county, request, now, [&query] { return query.call.Wanted(); });
}

}  // namespace

std::unique_ptr<journal::Service> OfferDuties(journal::Node& node) {
  auto duties = node.Offer<v1::DutyService>();
  duties->Command<v1::ExcuseDutyRequest, v1::Duty>("ExcuseDuty", ExcuseDuties);
  duties->Answer<v1::GetDutyRequest, v1::Duty>("GetDuty", GetDuty);
  duties->Answer("ListDuties", ListDuties);
  duties->Answer<v1::ListOwedDutiesRequest, v1::ListOwedDutiesResponse>(
      "ListOwedDuties", [](const journal::Query& query, const v1::ListOwedDutiesRequest& request) {
        auto now = query.Now();
        return now.ok() ? ListOwedDuties(query.db, query.call.scope(), request, *now) : now.status();
      });
  duties->Command<v1::PutDutyPolicyRequest, v1::DutyPolicy>("PutDutyPolicy", PutPolicies);
  duties->Command<v1::DeleteDutyPolicyRequest, v1::DutyPolicy>("DeleteDutyPolicy", DeletePolicies);
  duties->Answer<v1::GetDutyPolicyRequest, v1::DutyPolicy>("GetDutyPolicy", ReadPolicy);
  duties->Answer<v1::ListDutyPoliciesRequest, v1::ListDutyPoliciesResponse>("ListDutyPolicies", ReadPolicies);
  duties->Answer<v1::ListDutyPolicySetsRequest, v1::ListDutyPolicySetsResponse>("ListDutyPolicySets",
                                                                                ReadPolicySets);
  duties->Command<v1::ApplyDutyPolicySetRequest, v1::ApplyDutyPolicySetResponse>("ApplyDutyPolicySet",
                                                                                 ApplyPolicySets);
  duties->Answer<v1::TryDutyPolicyRequest, v1::TryDutyPolicyResponse>(
      "TryDutyPolicy", OneAtATime<v1::TryDutyPolicyRequest, v1::TryDutyPolicyResponse>(Try));
  return duties;
}

}  // namespace tonghu::pairing
