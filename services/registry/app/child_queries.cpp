#include <fmt/format.h>

#include <utility>

#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/queries.h"
#include "services/registry/postgres/child_store.h"

namespace tonghu::registry {
namespace {

constexpr int kMostNames = 1000;  // a page

// The filter and page that a request asks for. Errors: refusals.
absl::StatusOr<ChildFilter> FilterOf(const v1::ListChildrenRequest& request, const paging::Page& page) {
  ChildFilter filter;
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  filter.county = county;
  Faults faults;
  filter.school_id = IdIn(request.school(), "schools", "school", county, faults);
  if (!faults.empty()) return Refuse(faults, "");
  if (request.names_size() > kMostNames) {
    return refusal::Invalid("NAMES_COUNT", "names", fmt::format("at most {} names", kMostNames),
                            fmt::format("每次可查询1至{}个名称，请分批查询。", kMostNames));
  }
  for (int i = 0; i < request.names_size(); ++i) {
    ASSIGN_OR_RETURN(auto id, ids::IdIn(county, request.names(i), "children", fmt::format("names[{}]", i)));
    filter.ids.push_back(std::move(id));
  }
  filter.grade = request.grade();
  filter.class_number = request.class_number();
  filter.care_level = static_cast<CareLevel>(request.care_level());
  Dossier sought;
  sought.identity_number = request.identity_number();
  Normalise(sought);  // as the number was when it was stored
  filter.identity_number = sought.identity_number;
  filter.display_name_prefix = request.display_name_prefix();
  filter.limit = page.size + 1;  // one more shows whether there is another page
  filter.after = page.after;
  return filter;
}

}  // namespace

absl::StatusOr<v1::Child> GetChild(postgres::Connection& db, const ids::Name& name) {
  ASSIGN_OR_RETURN(auto children, LoadChildren(db, {Key(name.county, name.id)}));
  if (children.empty()) return refusal::Make(ChildNotFound("name"));
  return MessageOf(children.front());
}

absl::StatusOr<v1::ListChildrenResponse> ListChildren(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListChildrenRequest& request) {
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, scope.Fingerprint()));
  ASSIGN_OR_RETURN(auto filter, FilterOf(request, page));
  filter.within = scope.filter();
  ASSIGN_OR_RETURN(auto children, ListChildren(db, filter));
  v1::ListChildrenResponse response;
  response.set_next_page_token(page.Cut(children, [](const Child& child) { return child.id; }));
  for (const Child& child : children) *response.add_children() = MessageOf(child);
  return response;
}

}  // namespace tonghu::registry
