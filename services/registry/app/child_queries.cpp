#include "libs/ids/names.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/queries.h"
#include "services/registry/postgres/child_store.h"

namespace tonghu::registry {
namespace {

absl::StatusOr<ChildFilter> FilterOf(const v1::ListChildrenRequest& request, const paging::Page& page) {
  ChildFilter filter;
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  filter.county = county;
  Faults faults;
  filter.school_id = IdIn(request.school(), "schools", "school", county, faults);
  if (!faults.empty()) return Refuse(faults, "");
  filter.grade = request.grade();
  filter.class_number = request.class_number();
  filter.care_level = static_cast<CareLevel>(request.care_level());
  filter.display_name_prefix = request.display_name_prefix();
  filter.limit = page.size + 1;  // whether there is more
  filter.after = page.after;
  return filter;
}

}  // namespace

absl::StatusOr<v1::Child> GetChild(postgres::Connection& db, const ids::Name& name) {
  ASSIGN_OR_RETURN(auto children, LoadChildren(db, {Key(name.county, name.id)}));
  if (children.empty()) return refusal::Make(ChildNotFound("name"));
  return MessageOf(children.front());
}

// At most one child has an identity number; the other filters hold for it as for any.
absl::StatusOr<std::vector<Child>> ChildrenByNumber(postgres::Connection& db, const ChildFilter& filter,
                                                    const std::string& identity_number) {
  Dossier dossier;
  dossier.identity_number = identity_number;
  Normalise(dossier);  // as it was when it was stored
  ASSIGN_OR_RETURN(auto children, LoadChildrenByNumber(db, {Key(filter.county, dossier.identity_number)}));
  std::erase_if(children, [&](const Child& child) {
    const Dossier& known = child.dossier;
    return (!filter.school_id.empty() && known.school_id != filter.school_id) ||
           (filter.grade != 0 && known.grade != filter.grade) ||
           (filter.class_number != 0 && known.class_number != filter.class_number) ||
           (filter.care_level != CareLevel::kUnspecified && known.care_level != filter.care_level) ||
           !known.display_name.starts_with(filter.display_name_prefix) || child.id <= filter.after;
  });
  return children;
}

absl::StatusOr<v1::ListChildrenResponse> ListChildren(postgres::Connection& db,
                                                      const v1::ListChildrenRequest& request) {
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request));
  ASSIGN_OR_RETURN(auto filter, FilterOf(request, page));
  ASSIGN_OR_RETURN(auto children, request.identity_number().empty()
                                      ? ListChildren(db, filter)
                                      : ChildrenByNumber(db, filter, request.identity_number()));
  v1::ListChildrenResponse response;
  response.set_next_page_token(page.Cut(children, [](const Child& child) { return child.id; }));
  for (const Child& child : children) *response.add_children() = MessageOf(child);
  return response;
}

}  // namespace tonghu::registry
