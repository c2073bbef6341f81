// Whom a batch of alerts may tell, and how: posts, staff and policies, loaded together.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/directory_rows.h"
#include "services/alerts/postgres/policy_rows.h"

namespace tonghu::alerts {

// Collects what is needed, then loads it with three statements whatever the number of alerts.
class PeopleNeeded {
 public:
  void Add(const std::string& county, const Place& place, std::string_view helper_id);

  // Valid while it lives.
  struct People {
    Directories directories;
    PolicySet policies;

    const Directory& In(const std::string& county) const;
  };
  absl::StatusOr<People> Load(postgres::Connection& db) const;

 private:
  absl::flat_hash_set<std::string> counties_;
  absl::flat_hash_set<std::string> places_;  // seen: posts of a place are asked for once
  absl::flat_hash_set<Key> posts_;
  absl::flat_hash_set<Key> staff_;
};

using People = PeopleNeeded::People;

}  // namespace tonghu::alerts
