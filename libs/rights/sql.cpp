#include "libs/rights/sql.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tonghu::rights {
namespace {

std::string InClasses(const Filter& filter, const RowColumns& columns, postgres::Params& params) {
  std::vector<std::string> schools;
  std::vector<int64_t> grades, class_numbers;
  for (const Filter::Class& one : filter.classes) {
    schools.push_back(one.school_id);
    grades.push_back(one.grade);
    class_numbers.push_back(one.class_number);
  }
  const int first = params.size() + 1;
  params.Texts(schools).Ints(grades).Ints(class_numbers);
  // The first condition follows from the second, and lets an index by school be used. The names of the
  // array's columns are none of a table's, which would hide the row's.
  return absl::StrCat(
      "(", columns.school_id, " = ANY ($", first, ") AND EXISTS (SELECT FROM unnest($", first, ", $",
      first + 1, ", $", first + 2,
      ") AS allowed (held_school, held_grade, held_class) WHERE held_school = ", columns.school_id,
      " AND held_grade = ", columns.grade, " AND held_class IN (0, ", columns.class_number, ")))");
}

}  // namespace

std::string Condition(const Filter& filter, const RowColumns& columns, postgres::Params& params) {
  if (filter.everything) return "TRUE";
  std::vector<std::string> parts;
  const auto any = [&](const std::string& column) {
    parts.push_back(absl::StrCat(column, " = ANY ($", params.size(), ")"));
  };
  if (!filter.townships.empty()) {
    params.Texts(filter.townships);
    any(columns.township_code);
  }
  if (!filter.schools.empty()) {
    params.Texts(filter.schools);
    any(columns.school_id);
  }
  if (!filter.classes.empty()) parts.push_back(InClasses(filter, columns, params));
  if (!filter.children.empty()) {
    params.Uuids(filter.children);
    any(columns.child_id);
  }
  return parts.empty() ? "FALSE" : absl::StrCat("(", absl::StrJoin(parts, " OR "), ")");
}

}  // namespace tonghu::rights
