// The keys by which rows are looked up.
#pragma once

#include <compare>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "libs/postgres/keys.h"

namespace tonghu::alerts {

using postgres::Key;
using postgres::kKeys;
using postgres::kUuidKeys;

template <class Value>
using ByKey = absl::flat_hash_map<Key, Value>;

// A day of a child or of a school.
struct DayKey {
  std::string county, id;
  absl::CivilDay day;
  friend std::strong_ordering operator<=>(const DayKey&, const DayKey&) = default;
};

// For unnest(…) AS k (county, id, day).
inline constexpr postgres::Columns kSchoolDays{postgres::Field<&DayKey::county>("county"),
                                               postgres::Field<&DayKey::id>("id"),
                                               postgres::Field<&DayKey::day>("day")};
// For children, whose ids are UUIDs; any other text finds nothing.
inline constexpr postgres::Columns kChildDays{postgres::Field<&DayKey::county>("county"),
                                              postgres::Field<&DayKey::id>("id", postgres::kUuid),
                                              postgres::Field<&DayKey::day>("day")};

}  // namespace tonghu::alerts
