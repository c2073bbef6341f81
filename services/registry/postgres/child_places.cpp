#include "services/registry/postgres/child_places.h"

#include "libs/status/macros.h"
#include "services/registry/postgres/child_store.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);

std::vector<Key> KeysOf(const std::string& county, const std::vector<std::string>& ids) {
  std::vector<Key> keys;
  for (const std::string& id : ids) keys.emplace_back(county, id);
  return keys;
}

}  // namespace

absl::StatusOr<PlacesById> PlacesOf(postgres::Connection& db, absl::Span<const Child> children) {
  std::vector<Key> keys;
  for (const Child& child : children) keys.emplace_back(child.county, child.dossier.school_id);
  absl::flat_hash_map<std::string, std::string> townships;
  ASSIGN_OR_RETURN(auto schools, LoadSchools(db, keys));
  for (School& school : schools) townships[school.id] = std::move(school.township_code);
  PlacesById places;
  for (const Child& child : children) {
    const Dossier& dossier = child.dossier;
    places[child.id] = {dossier.school_id, townships[dossier.school_id], dossier.grade, dossier.class_number};
  }
  return places;
}

absl::StatusOr<rpc::Found> OwnPlaces::Find(const rpc::Sought& sought) {
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(kAcquire));
  rpc::Found found;
  if (!sought.children.empty()) {
    ASSIGN_OR_RETURN(auto children, LoadChildren(*connection, KeysOf(sought.county, sought.children)));
    ASSIGN_OR_RETURN(found.children, PlacesOf(*connection, children));
  }
  if (!sought.schools.empty()) {
    ASSIGN_OR_RETURN(auto schools, LoadSchools(*connection, KeysOf(sought.county, sought.schools)));
    for (const School& school : schools)
      found.schools[school.id] = {.school_id = school.id, .township_code = school.township_code};
  }
  return found;
}

}  // namespace tonghu::registry
