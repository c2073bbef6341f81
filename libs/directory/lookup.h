// Questions of a service to its read model of the directory.
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

// The places of the given children, or schools, that are known; a school's without grade and class. Errors:
// the connection's.
absl::StatusOr<Places> LoadChildren(postgres::Connection& db, absl::Span<const postgres::Key> children);
absl::StatusOr<Places> LoadSchools(postgres::Connection& db, absl::Span<const postgres::Key> schools);
// The places of those children whose child_put waits in this service's quarantine: the place that the newest
// child_put says, or an empty one when that can't be read. An emergency is not refused for a child that is
// known in this way. Errors: the connection's.
absl::StatusOr<Places> LoadChildrenInQuarantine(postgres::Connection& db,
                                                absl::Span<const postgres::Key> children);

// The directories of several counties.
class Directories {
 public:
  Directory& operator[](const std::string& county) { return by_county_[county]; }
  // The county's directory; an empty one when the county has none.
  const Directory& In(const std::string& county) const;

 private:
  absl::flat_hash_map<std::string, Directory> by_county_;
};

// Collects places and people, then loads what directories say of them with three statements, whatever their
// number. The county journal::kNoCounty has the province office, and the staff of every county.
class Lookup {
 public:
  // Asks for the posts that answer for `place`, at every level.
  void AddPlace(const std::string& county, const Place& place);
  // Asks for the name of a staff member, or whether they have left.
  void AddStaff(const std::string& county, const std::string& staff_id);
  absl::StatusOr<Directories> Load(postgres::Connection& db) const;

 private:
  absl::flat_hash_set<std::string> places_;  // already added: the posts of a place are asked for once
  absl::flat_hash_set<postgres::Key> posts_;
  absl::flat_hash_set<postgres::Key> staff_;
};

}  // namespace tonghu::directory
