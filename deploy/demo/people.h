// Generated people: names, phones and identity numbers that look real and belong to nobody. Deterministic for
// a seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "libs/identity/identity.h"

namespace tonghu::demo {

using Weighted = std::pair<std::string_view, int>;  // a text and its share

// A stream of invented particulars. The same seed gives the same stream on every machine (std::mt19937_64
// without the standard's distributions, which differ between libraries). Not thread-safe.
class People {
 public:
  explicit People(uint64_t seed) : random_(seed) {}

  // 0 to `bound` - 1; `bound` at least 1.
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool OneIn(int n) { return Below(n) == 0; }
  // One of `choices`, which is not empty, each with the probability of its share.
  std::string_view Pick(absl::Span<const Weighted> choices);

  std::string_view Surname();
  // A child's full name, and a grown-up's: given names differ between the generations.
  std::string ChildName(std::string_view surname, identity::Sex sex);
  std::string ElderName(std::string_view surname, identity::Sex sex);

  // Eleven digits beginning with 154, a range that no operator has: nobody's telephone rings.
  std::string Phone();

  // A valid identity number (GB 11643) that this stream has not given before. Its first six digits are the
  // prefecture's code and 99, which no county ever had, so the number belongs to no living person. Gives up
  // and returns an empty text after 10,000 tries (a day has 500 numbers for each sex).
  std::string ResidentId(std::string_view county, absl::CivilDay birth, identity::Sex sex);

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::mt19937_64 random_;
  absl::flat_hash_set<std::string> used_ids_;
};

}  // namespace tonghu::demo
