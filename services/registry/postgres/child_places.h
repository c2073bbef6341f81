// Where children and schools are. Errors of all functions: as postgres::Connection.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/place.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/places.h"
#include "services/registry/domain/child.h"

namespace tonghu::registry {

using ChildPlaces = absl::flat_hash_map<Key, directory::Place>;

// The places of these children.
absl::StatusOr<ChildPlaces> PlacesOf(postgres::Connection& db, absl::Span<const Child> children);

// The places by the registry's own tables, for judging what lies inside a caller's scope. Thread-safe.
class OwnPlaces final : public rpc::Places {
 public:
  // `pool` outlives it.
  explicit OwnPlaces(postgres::Pool& pool) : pool_(pool) {}
  absl::StatusOr<rpc::Found> Find(const rpc::Sought& sought) override;
  // Nobody knows better.
  std::string owner() const override { return ""; }

 private:
  postgres::Pool& pool_;
};

}  // namespace tonghu::registry
