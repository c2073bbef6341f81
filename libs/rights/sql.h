// A filter as a part of a list's SQL.
#pragma once

#include <string>

#include "libs/postgres/params.h"
#include "libs/rights/scope.h"

namespace tonghu::rights {

// The columns of a row by which a filter decides, as SQL names them: "t.township_code". What has no school or
// no child names a column that is NULL or empty there.
struct RowColumns {
  std::string school_id = "school_id";  // text
  std::string township_code = "township_code";
  std::string grade = "grade";  // integers
  std::string class_number = "class_number";
  std::string child_id = "child_id";  // uuid
};

// A condition that is true of the rows that the filter lets through, and of no others; "TRUE" for everything.
// Adds its parameters behind those that `params` has. Different filters make at most sixteen different texts
// a list, so that statements stay prepared.
std::string Condition(const Filter& filter, const RowColumns& columns, postgres::Params& params);

}  // namespace tonghu::rights
