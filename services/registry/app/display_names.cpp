#include <fmt/format.h>

#include <map>

#include "absl/strings/match.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/registry/app/queries.h"
#include "services/registry/domain/household.h"
#include "services/registry/postgres/child_places.h"
#include "services/registry/postgres/child_store.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

constexpr int kMostNames = 3000;  // three columns of a page

// The names that are asked for, by collection.
struct Wanted {
  std::vector<Key> children, staff, schools;
};

// Sorts the names by collection. Errors: refusals.
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
    const auto is_of = [&](const char* collection) { return absl::StrContains(name, collection); };
    // A name of any other collection goes to the schools, where IdIn refuses it.
    const auto [collection, keys] = is_of("/children/")       ? std::pair("children", &wanted.children)
                                    : is_of("/staffMembers/") ? std::pair("staffMembers", &wanted.staff)
                                                              : std::pair("schools", &wanted.schools);
    ASSIGN_OR_RETURN(auto id, ids::IdIn(*county, name, collection, field));
    keys->emplace_back(*county, std::move(id));
  }
  return wanted;
}

// Adds the display names of rows of a collection.
template <class Row, class NameOf>
absl::Status Add(const absl::StatusOr<std::vector<Row>>& rows, std::string_view collection, NameOf name_of,
                 v1::BatchGetDisplayNamesResponse& response) {
  if (!rows.ok()) return rows.status();
  for (const Row& row : *rows) {
    v1::DisplayName* added = response.add_display_names();
    added->set_name(ids::NameOf(row.county, collection, row.id));
    added->set_display_name(name_of(row));
  }
  return absl::OkStatus();
}

// Adds children with their households.
absl::Status AddChildren(const absl::StatusOr<std::vector<Child>>& children,
                         v1::BatchGetDisplayNamesResponse& response) {
  if (!children.ok()) return children.status();
  std::vector<GuardianPhone> phones;
  for (const Child& child : *children) phones.push_back({child.id, child.dossier.guardian.phone});
  const std::map<std::string, std::string> households = HouseholdsOf(phones);
  for (const Child& child : *children) {
    v1::DisplayName& added = *response.add_display_names();
    added.set_name(ids::NameOf(child.county, "children", child.id));
    added.set_display_name(child.dossier.display_name);
    if (const auto household = households.find(child.id); household != households.end())
      added.set_household(ids::NameOf(child.county, "children", household->second));
  }
  return absl::OkStatus();
}

// Drops children outside the scope.
absl::StatusOr<std::vector<Child>> Inside(postgres::Connection& db, const rights::Scope& scope,
                                          absl::StatusOr<std::vector<Child>> children) {
  if (!children.ok() || scope.CoversCounty()) return children;
  ASSIGN_OR_RETURN(auto places, PlacesOf(db, *children));
  std::erase_if(*children,
                [&](const Child& child) { return !scope.Covers(places.at(child.key()), child.id); });
  return children;
}

}  // namespace

absl::StatusOr<v1::BatchGetDisplayNamesResponse> BatchGetDisplayNames(
    postgres::Connection& db, const rights::Scope& scope, const v1::BatchGetDisplayNamesRequest& request) {
  ASSIGN_OR_RETURN(auto wanted, Sorted(request));
  v1::BatchGetDisplayNamesResponse response;
  // Children are read whole, with their relatives: one way to read a child is enough.
  absl::Status added;
  if (!wanted.children.empty())
    added = AddChildren(Inside(db, scope, LoadChildren(db, wanted.children)), response);
  const auto own_name = [](const auto& row) { return row.display_name; };
  if (added.ok() && !wanted.staff.empty())
    added = Add(LoadStaff(db, wanted.staff), "staffMembers", own_name, response);
  if (added.ok() && !wanted.schools.empty())
    added = Add(LoadSchools(db, wanted.schools), "schools", own_name, response);
  if (!added.ok()) return added;
  return response;
}

}  // namespace tonghu::registry
