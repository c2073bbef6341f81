// What a service asks its read model of the directory.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/directory.h"
#include "libs/postgres/keys.h"

namespace tonghu::directory {

using Places = absl::flat_hash_map<postgres::Key, Place>;

// Places of the children and schools that are known; those of schools without grade and class.
absl::StatusOr<Places> LoadChildren(postgres::Connection& db, absl::Span<const postgres::Key> children);
absl::StatusOr<Places> LoadSchools(postgres::Connection& db, absl::Span<const postgres::Key> schools);
// Those of these children whose child_put waits in this service's quarantine, with the place that the newest
// one says; where that can't be read, with an empty one.
absl::StatusOr<Places> LoadChildrenInQuarantine(postgres::Connection& db,
                                                absl::Span<const postgres::Key> children);

// The directories of several counties.
class Directories {
 public:
  Directory& operator[](const std::string& county) { return by_county_[county]; }
  // One without anybody when there is none.
  const Directory& In(const std::string& county) const;

 private:
  absl::flat_hash_map<std::string, Directory> by_county_;
};

// Collects places and people, then loads what directories say of them with two statements, whatever their
// number. County journal::kNoCounty has the province's office, and everybody of the staff of any county.
class Lookup {
 public:
  // The posts that answer for `place`, at every level.
  void AddPlace(const std::string& county, const Place& place);
  // A member of the staff, by name.
  void AddStaff(const std::string& county, const std::string& staff_id);
  absl::StatusOr<Directories> Load(postgres::Connection& db) const;

 private:
  absl::flat_hash_set<std::string> places_;  // seen: posts of a place are asked for once
  absl::flat_hash_set<postgres::Key> posts_;
  absl::flat_hash_set<postgres::Key> staff_;
};

}  // namespace tonghu::directory
