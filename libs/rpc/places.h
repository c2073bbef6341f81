// Where things of a county are, as a service knows it, for judging whether they lie inside a caller's scope.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "libs/directory/place.h"

namespace tonghu::rpc {

using Key = std::pair<std::string, std::string>;  // county and id

// What is to be found. Several calls' children and schools may be sought together.
struct Sought {
  std::vector<Key> children, schools;
  std::string county, collection;      // of the resources: "520203", "alerts"
  std::vector<std::string> resources;  // of the service's own, by id
  bool empty() const { return children.empty() && schools.empty() && resources.empty(); }
};

// What a resource is about. Both empty: of no child and no place, so that only who has the county may see it.
struct About {
  std::string child_id;
  directory::Place place;
};

// What was found. Of a school's place, school and township are set.
struct Found {
  absl::flat_hash_map<Key, directory::Place> children, schools;
  absl::flat_hash_map<std::string, About> resources;
};

// A service's answer to where things are. Thread-safe.
class Places {
 public:
  virtual ~Places() = default;
  // Finds what is known. Blocks: called on workers. Errors: the database's.
  virtual absl::StatusOr<Found> Find(const Sought& sought) = 0;
  // The service that knows better where children and schools are; empty: this one.
  virtual std::string owner() const = 0;
};

}  // namespace tonghu::rpc
