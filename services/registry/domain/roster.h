// Rosters as people bring them: a table of cells is read into schools, staff, posts and children, with an
// error for every cell that can't be read. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/csv/csv.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/directory.h"

namespace tonghu::registry {

// One error of a row.
struct RowError {
  int row;             // in the file; the header is row 1
  std::string column;  // the header's text; empty when the whole row is at fault
  std::string reason;
  std::string message_zh;  // no personal data
};

// Counts every error and keeps the first kKept of the file, so that memory is bounded.
class RowErrors {
 public:
  static constexpr size_t kKept = 100;
  void Add(RowError error);
  int count() const { return count_; }
  // The errors that were kept, by row.
  std::vector<RowError> Listed() const;

 private:
  int count_ = 0;
  std::multimap<int, RowError> kept_;
};

// The rows without error. The number of the row comes first.
struct SchoolRow {
  int row;
  School school;
};
struct StaffRow {
  int row;
  std::optional<StaffMember> member;  // none: a vacant post
  std::optional<Post> post;           // none: somebody without a post
};
struct ChildRow {
  int row;
  Dossier dossier;  // valid except for what depends on known rows: references and coming of age
};

// Each reads a table, and adds an error for every missing column, faulty cell, and row that contradicts an
// earlier one.
std::vector<SchoolRow> ReadSchools(const csv::Table& table, const std::string& county, RowErrors& errors);
// The rows of a roster of staff.
struct StaffRoster {
  std::vector<StaffRow> rows;
  bool names_deputies = false;  // without the column, deputies stay as they are
  bool says_sex = false;        // without the column, what is known stays
};
StaffRoster ReadStaff(const csv::Table& table, const std::string& county, RowErrors& errors);
std::vector<ChildRow> ReadChildren(const csv::Table& table, absl::CivilDay today, RowErrors& errors);

// The error of a fault that is found later, when references are looked up, in the column of the fault's
// field.
RowError StaffRowError(const StaffRow& row, const Fault& fault);
RowError ChildRowError(const ChildRow& row, const Fault& fault);

// Reads 2015-09-01, 2015/9/1, 2015.9.1, 20150901 and 2015年9月1日.
std::optional<absl::CivilDay> ParseRosterDate(std::string_view text);

}  // namespace tonghu::registry
