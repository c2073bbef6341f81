#include "services/registry/postgres/child_places.h"

#include "libs/status/macros.h"
#include "services/registry/postgres/child_store.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);

}  // namespace

absl::StatusOr<ChildPlaces> PlacesOf(postgres::Connection& db, absl::Span<const Child> children) {
  std::vector<Key> keys;
  for (const Child& child : children) keys.emplace_back(child.county, child.dossier.school_id);
  absl::flat_hash_map<Key, std::string> townships;
  ASSIGN_OR_RETURN(auto schools, LoadSchools(db, keys));
  for (School& school : schools) townships[{school.county, school.id}] = std::move(school.township_code);
  ChildPlaces places;
  for (const Child& child : children) {
    const Dossier& dossier = child.dossier;
    places[child.key()] = {dossier.school_id, townships[{child.county, dossier.school_id}], dossier.grade,
                           dossier.class_number};
  }
  return places;
}

absl::StatusOr<rpc::Found> OwnPlaces::Find(const rpc::Sought& sought) {
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(kAcquire));
  rpc::Found found;
  if (!sought.children.empty()) {
    ASSIGN_OR_RETURN(auto children, LoadChildren(*connection, sought.children));
    ASSIGN_OR_RETURN(found.children, PlacesOf(*connection, children));
  }
  if (!sought.schools.empty()) {
    ASSIGN_OR_RETURN(auto schools, LoadSchools(*connection, sought.schools));
    for (const School& school : schools)
      found.schools[{school.county, school.id}] = {.school_id = school.id,
                                                   .township_code = school.township_code};
  }
  return found;
}

}  // namespace tonghu::registry
