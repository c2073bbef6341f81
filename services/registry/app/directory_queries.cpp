#include "libs/division/division.h"
#include "libs/ids/names.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/queries.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

// One page of a county's rows, read by `list`; `add` makes room for a row in the response.
template <class Row, class Request, class Response, class Message>
absl::StatusOr<Response> OnePage(postgres::Connection& db, const Request& request,
                                 absl::StatusOr<std::vector<Row>> (*list)(postgres::Connection&, const Page&),
                                 Message* (Response::*add)()) {
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, ""));
  ASSIGN_OR_RETURN(auto rows, list(db, {county, page.after, page.size + 1}));
  Response response;
  response.set_next_page_token(page.Cut(rows, [](const Row& row) { return row.key().second; }));
  for (const Row& row : rows) *(response.*add)() = MessageOf(row);
  return response;
}

v1::Division MessageOf(const division::Division& division) {
  v1::Division message;
  message.set_code(std::string(division.code));
  message.set_display_name(std::string(division.name));
  message.set_parent_code(std::string(division::ParentOf(division.code)));
  message.set_full_name(division::Divisions::Guizhou().FullName(division.code));
  return message;
}

}  // namespace

absl::StatusOr<v1::ListDivisionsResponse> ListDivisions(const v1::ListDivisionsRequest& request) {
  const auto& divisions = division::Divisions::Guizhou();
  v1::ListDivisionsResponse response;
  if (!request.parent_code().empty() && divisions.Find(request.parent_code()) == nullptr) {
    return refusal::NotFound("DIVISION_NOT_FOUND", "parent_code", "there is no division with this code",
                             "没有该行政区划代码，请核对。");
  }
  // Without a code the top of the tree is asked for.
  const auto below = request.parent_code().empty() ? divisions.AllOf(division::Level::kProvince)
                                                   : divisions.ChildrenOf(request.parent_code());
  for (const division::Division& division : below) *response.add_divisions() = MessageOf(division);
  return response;
}

absl::StatusOr<v1::ListSchoolsResponse> ListSchools(postgres::Connection& db,
                                                    const v1::ListSchoolsRequest& request) {
  return OnePage<School>(db, request, &ListSchools, &v1::ListSchoolsResponse::add_schools);
}

absl::StatusOr<v1::ListStaffMembersResponse> ListStaffMembers(postgres::Connection& db,
                                                              const v1::ListStaffMembersRequest& request) {
  return OnePage<StaffMember>(db, request, &ListStaff, &v1::ListStaffMembersResponse::add_staff_members);
}

absl::StatusOr<v1::ListPostsResponse> ListPosts(postgres::Connection& db,
                                                const v1::ListPostsRequest& request) {
  return OnePage<Post>(db, request, &ListPosts, &v1::ListPostsResponse::add_posts);
}

}  // namespace tonghu::registry
