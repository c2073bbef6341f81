// The registry's queries. Each reads on the given connection and answers with the API's message. Errors of
// all: as postgres::Connection; of lists also PAGE_TOKEN_MALFORMED, PAGE_SIZE_NEGATIVE, and NAME_MALFORMED
// for a parent that is no county's name.
#pragma once

#include "absl/status/statusor.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"

namespace tonghu::registry {

// Errors also: CHILD_NOT_FOUND.
absl::StatusOr<v1::Child> GetChild(postgres::Connection& db, const ids::Name& name);
// Lists children inside the scope to whom all filters apply; an identity number finds at most one. Errors
// also: COUNTY_MISMATCH for a school of another county.
absl::StatusOr<v1::ListChildrenResponse> ListChildren(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListChildrenRequest& request);
// Lists divisions, which are part of the program: no database is read. Errors: DIVISION_NOT_FOUND.
absl::StatusOr<v1::ListDivisionsResponse> ListDivisions(const v1::ListDivisionsRequest& request);
absl::StatusOr<v1::ListSchoolsResponse> ListSchools(postgres::Connection& db,
                                                    const v1::ListSchoolsRequest& request);
absl::StatusOr<v1::ListStaffMembersResponse> ListStaffMembers(postgres::Connection& db,
                                                              const v1::ListStaffMembersRequest& request);
absl::StatusOr<v1::ListPostsResponse> ListPosts(postgres::Connection& db,
                                                const v1::ListPostsRequest& request);
// Gives the display names of resources; those that do not exist, and children outside the scope, are left
// out. Errors also: NAMES_COUNT, COUNTY_MISMATCH.
absl::StatusOr<v1::BatchGetDisplayNamesResponse> BatchGetDisplayNames(
    postgres::Connection& db, const rights::Scope& scope, const v1::BatchGetDisplayNamesRequest& request);

}  // namespace tonghu::registry
