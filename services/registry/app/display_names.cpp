#include <fmt/format.h>

#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "services/registry/app/queries.h"
#include "services/registry/postgres/child_store.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

constexpr int kMostNames = 3000;  // three columns of a page

struct Wanted {
  std::vector<Key> children, staff, schools;
};

absl::StatusOr<Wanted> Sorted(const v1::BatchGetDisplayNamesRequest& request) {
  auto county = ids::ParseParent(request.parent(), "parent");
  if (!county.ok()) return county.status();
  if (request.names().empty() || request.names_size() > kMostNames) {
    return refusal::Invalid("NAMES_COUNT", "names", fmt::format("1 to {} names are needed", kMostNames),
                            fmt::format("每次可查询1至{}个名称，请分批查询。", kMostNames));
  }
  Wanted wanted;
  for (int i = 0; i < request.names_size(); ++i) {
    const std::string field = fmt::format("names[{}]", i);
    const std::string& name = request.names(i);
    auto& keys = name.find("/children/") != std::string::npos       ? wanted.children
                 : name.find("/staffMembers/") != std::string::npos ? wanted.staff
                                                                    : wanted.schools;
    const char* collection = &keys == &wanted.children ? "children"
                             : &keys == &wanted.staff  ? "staffMembers"
                                                       : "schools";
    auto parsed = ids::ParseName(name, collection, field);
    if (!parsed.ok()) return parsed.status();
    if (parsed->county != *county) {
      return refusal::Invalid("NAME_OF_ANOTHER_COUNTY", field, "all names must be of the parent's county",
                              "只能查询同一县内的名称，请按县分别查询。");
    }
    keys.push_back(Key(parsed->county, parsed->id));
  }
  return wanted;
}

void Add(const std::string& county, const char* collection, const std::string& id, const std::string& name,
         v1::BatchGetDisplayNamesResponse& response) {
  v1::DisplayName* added = response.add_display_names();
  added->set_name(fmt::format("counties/{}/{}/{}", county, collection, id));
  added->set_display_name(name);
}

}  // namespace

absl::StatusOr<v1::BatchGetDisplayNamesResponse> BatchGetDisplayNames(
    postgres::Connection& db, const v1::BatchGetDisplayNamesRequest& request) {
  auto wanted = Sorted(request);
  if (!wanted.ok()) return wanted.status();
  v1::BatchGetDisplayNamesResponse response;
  if (!wanted->children.empty()) {
    auto children = LoadChildren(db, wanted->children);
    if (!children.ok()) return children.status();
    for (const Child& child : *children)
      Add(child.county, "children", child.id, child.dossier.display_name, response);
  }
  if (!wanted->staff.empty()) {
    auto staff = LoadStaff(db, wanted->staff);
    if (!staff.ok()) return staff.status();
    for (const StaffMember& member : *staff)
      Add(member.county, "staffMembers", member.id, member.display_name, response);
  }
  if (!wanted->schools.empty()) {
    auto schools = LoadSchools(db, wanted->schools);
    if (!schools.ok()) return schools.status();
    for (const School& school : *schools)
      Add(school.county, "schools", school.id, school.display_name, response);
  }
  return response;
}

}  // namespace tonghu::registry
