// The columns of the read model's tables, and of a place within any row, from which statements of stores are
// made.
#pragma once

#include "libs/directory/read_model.h"
#include "libs/postgres/columns.h"

namespace tonghu::directory {

// The names of a place's four columns in a table or statement.
struct PlaceNames {
  const char* school_id = "school_id";
  const char* township_code = "township_code";
  const char* grade = "grade";
  const char* class_number = "class_number";
};
// The place in the table `child`, aliased `c`.
inline constexpr PlaceNames kOfChild{"c.school_id", "c.township_code", "c.grade", "c.class_number"};

// The four columns of a place. `at` are the members that lead to the place from the row that has it.
template <auto... at>
constexpr auto PlaceColumns(const PlaceNames& names = {}) {
  return postgres::Columns{postgres::Field<at..., &Place::school_id>(names.school_id),
                           postgres::Field<at..., &Place::township_code>(names.township_code),
                           postgres::Field<at..., &Place::grade>(names.grade, postgres::kInt2),
                           postgres::Field<at..., &Place::class_number>(names.class_number, postgres::kInt2)};
}

inline constexpr postgres::Columns kSchool{postgres::Field<&SchoolFact::county>("county"),
                                           postgres::Field<&SchoolFact::id>("school_id"),
                                           postgres::Field<&SchoolFact::township_code>("township_code")};
inline constexpr postgres::Columns kStaff{postgres::Field<&StaffFact::county>("county"),
                                          postgres::Field<&StaffFact::id>("staff_id"),
                                          postgres::Field<&StaffFact::display_name>("display_name"),
                                          postgres::Field<&StaffFact::school_id>("school_id"),
                                          postgres::Field<&StaffFact::sex>("sex", postgres::kInt2)};
inline constexpr postgres::Columns kPost{
    postgres::Field<&PostFact::county>("county"),
    postgres::Field<&PostFact::id>("post_id"),
    postgres::Field<&PostFact::kind>("kind"),
    postgres::Field<&PostFact::place, &Place::school_id>("school_id"),
    postgres::Field<&PostFact::place, &Place::grade>("grade", postgres::kInt2),
    postgres::Field<&PostFact::place, &Place::class_number>("class_number", postgres::kInt2),
    postgres::Field<&PostFact::post, &Post::holder, &Person::id>("holder_id"),
    postgres::Field<&PostFact::post, &Post::holder, &Person::name>("holder_name"),
    postgres::Field<&PostFact::post, &Post::deputy, &Person::id>("deputy_id"),
    postgres::Field<&PostFact::post, &Post::deputy, &Person::name>("deputy_name")};
inline constexpr auto kChild =
    postgres::Columns{postgres::Field<&ChildFact::county>("county"),
                      postgres::Field<&ChildFact::id>("child_id", postgres::kUuid)} +
    PlaceColumns<&ChildFact::place>() +
    postgres::Columns{postgres::Field<&ChildFact::care, &Care::care_level>("care_level", postgres::kInt2),
                      postgres::Field<&ChildFact::care, &Care::guardianship>("guardianship", postgres::kInt2),
                      postgres::Field<&ChildFact::sex>("sex", postgres::kInt2),
                      postgres::Field<&ChildFact::boarding>("boarding")};

}  // namespace tonghu::directory
