// Where schools are, as far as figures tell.
#pragma once

#include "libs/postgres/pool.h"
#include "libs/rpc/places.h"

namespace tonghu::reporting {

// The townships of schools by the newest week of which there are figures, for judging what lies inside a
// caller's scope. No child is known here. Thread-safe.
class SchoolPlaces final : public rpc::Places {
 public:
  // `pool` outlives it.
  explicit SchoolPlaces(postgres::Pool& pool) : pool_(pool) {}
  absl::StatusOr<rpc::Found> Find(const rpc::Sought& sought) override;
  // Figures come from pairing and alerts, and asking the registry would bring no more.
  std::string owner() const override { return ""; }

 private:
  postgres::Pool& pool_;
};

}  // namespace tonghu::reporting
