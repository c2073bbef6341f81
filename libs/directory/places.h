// Where children and schools are, by the read model: for judging what lies inside a caller's scope.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/postgres/pool.h"
#include "libs/rights/sql.h"
#include "libs/rpc/places.h"

namespace tonghu::directory {

// Places of a service that keeps the read model. Thread-safe.
class ReadModelPlaces final : public rpc::Places {
 public:
  using Abouts = absl::flat_hash_map<std::string, rpc::About>;
  // Tells what resources of the service's own are about, by id. Those about a child may leave the place
  // empty: it is the child's, now.
  using Resources = std::function<absl::StatusOr<Abouts>(postgres::Connection&, const rpc::Sought&)>;

  // `pool` outlives it.
  ReadModelPlaces(postgres::Pool& pool, Resources resources)
      : pool_(pool), resources_(std::move(resources)) {}

  absl::StatusOr<rpc::Found> Find(const rpc::Sought& sought) override;
  std::string owner() const override { return "registry"; }

 private:
  postgres::Pool& pool_;
  const Resources resources_;
};

// A condition that is true of the rows whose child lies inside the filter, by where the child is now. `child`
// names the row's column: "t.child_id"; $1 is the county. Adds its parameters behind those that `params` has.
std::string ChildCondition(const rights::Filter& filter, const std::string& child, postgres::Params& params);

}  // namespace tonghu::directory
