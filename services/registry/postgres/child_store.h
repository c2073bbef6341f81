// Children with guardian and parents in PostgreSQL. Every statement is for many rows. Errors of all
// functions: as postgres::Connection.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/registry/domain/child.h"

namespace tonghu::registry {

// Load the children that exist, each once, in any order: by name, by identity number, by class and name, by
// school.
absl::StatusOr<std::vector<Child>> LoadChildren(postgres::Connection& db, absl::Span<const Key> names);
absl::StatusOr<std::vector<Child>> LoadChildrenByNumber(postgres::Connection& db,
                                                        absl::Span<const Key> numbers);
absl::StatusOr<std::vector<Child>> LoadChildrenByClassName(postgres::Connection& db,
                                                           absl::Span<const ClassName> names);
absl::StatusOr<std::vector<Child>> LoadChildrenOfSchools(postgres::Connection& db,
                                                         absl::Span<const Key> schools);

// Inserts or replaces children, with their relatives; no child twice. Errors also: ALREADY_EXISTS for an
// identity number that the county has.
absl::Status StoreChildren(postgres::Connection& db, absl::Span<const Child> children);

// Which children of a county a list shows, behind the id `after`, by id. Empty, 0 and unspecified: all.
struct ChildFilter {
  std::string county;
  std::string school_id;
  int grade = 0;
  int class_number = 0;
  CareLevel care_level = CareLevel::kUnspecified;
  std::string display_name_prefix;
  std::string identity_number;
  std::vector<std::string> ids;
  std::string after;
  int limit = 0;
  rights::Filter within;  // what the caller may see
};
absl::StatusOr<std::vector<Child>> ListChildren(postgres::Connection& db, const ChildFilter& filter);

}  // namespace tonghu::registry
