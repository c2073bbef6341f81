// The people whom a batch of alerts may tell: posts, staff and policies, loaded together.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "libs/directory/lookup.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/policy_rows.h"

namespace tonghu::alerts {

// What was loaded. References are valid while it lives.
struct People {
  directory::Directories directories;
  PolicySet policies;

  const directory::Directory& In(const std::string& county) const { return directories.In(county); }
};

// Collects what is needed, then loads it with three statements, whatever the number of alerts.
class PeopleNeeded {
 public:
  // Asks for those who answer for the place at every level, and for the helper; empty: none.
  void Add(const std::string& county, const Place& place, std::string_view helper_id);
  absl::StatusOr<People> Load(postgres::Connection& db) const;

 private:
  absl::flat_hash_set<std::string> counties_;
  directory::Lookup lookup_;
};

}  // namespace tonghu::alerts
