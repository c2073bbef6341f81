// The read model's rows (this library's own).
#pragma once

#include "libs/directory/place_columns.h"
#include "libs/directory/read_model.h"

namespace tonghu::directory {

inline constexpr postgres::Columns kSchool{postgres::Field<&SchoolFact::county>("county"),
                                           postgres::Field<&SchoolFact::id>("school_id"),
                                           postgres::Field<&SchoolFact::township_code>("township_code")};
inline constexpr postgres::Columns kStaff{postgres::Field<&StaffFact::county>("county"),
                                          postgres::Field<&StaffFact::id>("staff_id"),
                                          postgres::Field<&StaffFact::display_name>("display_name")};
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
    PlaceColumns<&ChildFact::place>();

}  // namespace tonghu::directory
