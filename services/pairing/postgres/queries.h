// Reads for callers, and the small tables: calendars and policies.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {

// Errors: NOT_FOUND refusals; those of the connection; PAGE_TOKEN_MALFORMED, NAME_MALFORMED and
// COUNTY_MISMATCH for lists.
absl::StatusOr<v1::Pairing> ReadPairing(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::Duty> ReadDuty(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::Contact> ReadContact(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::ListPairingsResponse> ListPairings(postgres::Connection& db,
                                                      const v1::ListPairingsRequest& request);
absl::StatusOr<v1::ListUncoveredChildrenResponse> ListUncoveredChildren(
    postgres::Connection& db, const v1::ListUncoveredChildrenRequest& request, absl::Time now);
absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db,
                                                  const v1::ListDutiesRequest& request);
absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db,
                                                      const v1::ListContactsRequest& request);

// Whether the registry has said this school.
absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school);
absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school,
                         const calendar::SchoolCalendar& calendar);
// Errors: NOT_FOUND, reason NO_CALENDAR.
absl::StatusOr<calendar::SchoolCalendar> ReadCalendar(postgres::Connection& db, const ids::Name& school);
// Gives the new version.
absl::StatusOr<int> PutPolicy(postgres::Connection& db, const std::string& county, const TalkPolicy& policy);
// The built-in one when the county has set none.
absl::StatusOr<TalkPolicy> ReadPolicy(postgres::Connection& db, const std::string& county);

}  // namespace tonghu::pairing
