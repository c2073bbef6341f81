// Pairing's questions: what is asked for becomes a filter, rows become the API's messages.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {

// Errors: NOT_FOUND refusals; those of the connection; PAGE_TOKEN_MALFORMED, PAGE_SIZE_NEGATIVE,
// NAME_MALFORMED and COUNTY_MISMATCH for lists.
absl::StatusOr<v1::Pairing> GetPairing(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::Duty> GetDuty(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::Contact> GetContact(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::ListPairingsResponse> ListPairings(postgres::Connection& db,
                                                      const v1::ListPairingsRequest& request);
// `now` is the time by which a duty lies ahead. The parent may be counties/-: all counties.
absl::StatusOr<v1::ListUncoveredChildrenResponse> ListUncoveredChildren(
    postgres::Connection& db, const v1::ListUncoveredChildrenRequest& request, absl::Time now);
absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db,
                                                  const v1::ListDutiesRequest& request);
absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db,
                                                      const v1::ListContactsRequest& request);

}  // namespace tonghu::pairing
