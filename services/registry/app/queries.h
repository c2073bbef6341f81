// The registry's questions. All wait for the database (but divisions): call them on a worker thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/postgres/pool.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"

namespace tonghu::registry {

absl::StatusOr<v1::Child> GetChild(postgres::Pool& pool, const v1::GetChildRequest& request);
absl::StatusOr<v1::ListChildrenResponse> ListChildren(postgres::Pool& pool,
                                                      const v1::ListChildrenRequest& request);
absl::StatusOr<v1::ListDivisionsResponse> ListDivisions(const v1::ListDivisionsRequest& request);
absl::StatusOr<v1::ListSchoolsResponse> ListSchools(postgres::Pool& pool,
                                                    const v1::ListSchoolsRequest& request);
absl::StatusOr<v1::ListStaffMembersResponse> ListStaffMembers(postgres::Pool& pool,
                                                              const v1::ListStaffMembersRequest& request);
absl::StatusOr<v1::ListPostsResponse> ListPosts(postgres::Pool& pool, const v1::ListPostsRequest& request);
absl::StatusOr<v1::BatchGetDisplayNamesResponse> BatchGetDisplayNames(
    postgres::Pool& pool, const v1::BatchGetDisplayNamesRequest& request);

// The county in "counties/{county}", or in the name of something in `collection`, when it is one of the
// province. Errors: NAME_MALFORMED, UNKNOWN_COUNTY.
absl::StatusOr<std::string> CountyIn(std::string_view parent, std::string_view field);
absl::StatusOr<std::string> CountyIn(std::string_view name, std::string_view collection,
                                     std::string_view field);

absl::Status ChildNotFound(std::string_view field);

}  // namespace tonghu::registry
