// The registry's questions.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"

namespace tonghu::registry {

absl::StatusOr<v1::Child> GetChild(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::ListChildrenResponse> ListChildren(postgres::Connection& db,
                                                      const v1::ListChildrenRequest& request);
absl::StatusOr<v1::ListDivisionsResponse> ListDivisions(const v1::ListDivisionsRequest& request);
absl::StatusOr<v1::ListSchoolsResponse> ListSchools(postgres::Connection& db,
                                                    const v1::ListSchoolsRequest& request);
absl::StatusOr<v1::ListStaffMembersResponse> ListStaffMembers(postgres::Connection& db,
                                                              const v1::ListStaffMembersRequest& request);
absl::StatusOr<v1::ListPostsResponse> ListPosts(postgres::Connection& db,
                                                const v1::ListPostsRequest& request);
absl::StatusOr<v1::BatchGetDisplayNamesResponse> BatchGetDisplayNames(
    postgres::Connection& db, const v1::BatchGetDisplayNamesRequest& request);

absl::Status ChildNotFound(std::string_view field);

}  // namespace tonghu::registry
