// A tally: the sums of a batch by school and week, so that thousands of facts become a few rows. Pure.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "services/reporting/domain/count.h"

namespace tonghu::reporting {

// A week of a school. The township belongs to the key, since a school may move.
struct SchoolWeek {
  std::string county;
  std::string school_id;
  absl::CivilDay monday;
  std::string township_code;
};

// Adds up facts. Not thread-safe.
class Tally {
 public:
  // Adds a fact. Errors: as Count, and then nothing of `fact` is added.
  absl::Status Add(const Fact& fact);

 private:
  struct Key {  // a SchoolWeek looked up without copying its texts
    std::string_view county, school_id, township_code;
    absl::CivilDay monday;
    template <class H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.school_id, key.monday, key.county, key.township_code);
    }
    friend bool operator==(const Key&, const Key&) = default;
  };
  static Key KeyOf(const SchoolWeek& week) {
    return {week.county, week.school_id, week.township_code, week.monday};
  }
  static Key KeyOf(const Key& key) { return key; }
  // Hash and Equal are transparent: a lookup by Key makes no SchoolWeek.
  struct Hash {
    using is_transparent = void;
    size_t operator()(const auto& key) const { return absl::Hash<Key>()(KeyOf(key)); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return KeyOf(a) == KeyOf(b); }
  };

 public:
  using Rows = absl::flat_hash_map<SchoolWeek, Counts, Hash, Equal>;
  const Rows& rows() const { return rows_; }

 private:
  Rows rows_;
};

}  // namespace tonghu::reporting
