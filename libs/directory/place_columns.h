// A place within a row (in stores only).
#pragma once

#include "libs/directory/place.h"
#include "libs/postgres/columns.h"

namespace tonghu::directory {

struct PlaceNames {
  const char* school_id = "school_id";
  const char* township_code = "township_code";
  const char* grade = "grade";
  const char* class_number = "class_number";
};
// Of the table `child` as `c`.
inline constexpr PlaceNames kOfChild{"c.school_id", "c.township_code", "c.grade", "c.class_number"};

// The four columns of a place; `at` leads to it from the row that has it.
template <auto... at>
constexpr auto PlaceColumns(const PlaceNames& names = {}) {
  return postgres::Columns{postgres::Field<at..., &Place::school_id>(names.school_id),
                           postgres::Field<at..., &Place::township_code>(names.township_code),
                           postgres::Field<at..., &Place::grade>(names.grade, postgres::kInt2),
                           postgres::Field<at..., &Place::class_number>(names.class_number, postgres::kInt2)};
}

}  // namespace tonghu::directory
