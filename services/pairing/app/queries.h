// Pairing's queries: requests become filters, and rows become messages of the API.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/coverage_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {

// Lists show what is about children inside the scope.
// Errors of all: NOT_FOUND refusals and the connection's; for lists also PAGE_TOKEN_MALFORMED,
// PAGE_SIZE_NEGATIVE, NAME_MALFORMED and COUNTY_MISMATCH.
absl::StatusOr<v1::Pairing> GetPairing(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::Duty> GetDuty(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::Contact> GetContact(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::ListPairingsResponse> ListPairings(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListPairingsRequest& request);
// Lists the children with whom nobody will talk after `now`. The parent may be counties/-: all counties.
absl::StatusOr<v1::ListUncoveredChildrenResponse> ListUncoveredChildren(
    postgres::Connection& db, const rights::Scope& scope, const v1::ListUncoveredChildrenRequest& request,
    absl::Time now);
absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db, const rights::Scope& scope,
                                                  const v1::ListDutiesRequest& request);
// What a helper owes at `now`, the most urgent first.
absl::StatusOr<v1::ListOwedDutiesResponse> ListOwedDuties(postgres::Connection& db,
                                                          const rights::Scope& scope,
                                                          const v1::ListOwedDutiesRequest& request,
                                                          absl::Time now);
absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListContactsRequest& request);

}  // namespace tonghu::pairing
