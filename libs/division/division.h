// Administrative divisions by their GB/T 2260 codes: province 2 digits, prefecture 4, county 6, township 9,
// village 12.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace tonghu::division {

enum class Level { kProvince, kPrefecture, kCounty, kTownship, kVillage };

// The level a code of this length and only digits would have. Errors: INVALID_ARGUMENT for anything else.
absl::StatusOr<Level> LevelOf(std::string_view code);

// The code one level up, or empty for a province and for what is no code. Needs no data.
std::string_view ParentOf(std::string_view code);

// True when `code` is `ancestor` or lies below it ("520324101" is within "5203"). Needs no data.
bool IsWithin(std::string_view code, std::string_view ancestor);

struct Division {
  std::string_view code;
  std::string_view name;  // its own name, UTF-8: "播州区"
  Level level;
};

// All divisions of one province. Immutable; safe to read from any thread; the views live as long as it does.
class Divisions {
 public:
  // The table compiled into this library: Guizhou, down to villages.
  static const Divisions& Guizhou();

  // Reads "code,name" lines after a header, in any order. The result points into `csv`, which must outlive
  // it. Errors: INVALID_ARGUMENT naming the line: bad code, empty name, code twice, or a parent that is
  // missing.
  static absl::StatusOr<Divisions> Parse(std::string_view csv);

  // nullptr when there is no such division.
  const Division* Find(std::string_view code) const;
  bool IsCounty(std::string_view code) const;
  // Those directly below `code`, by code; empty for villages and unknown codes.
  absl::Span<const Division> ChildrenOf(std::string_view code) const;
  // Every division of one level, by code.
  absl::Span<const Division> AllOf(Level level) const;
  // Names from the province down: "贵州省遵义市播州区"; empty for an unknown code.
  std::string FullName(std::string_view code) const;

 private:
  std::array<std::vector<Division>, 5> levels_;  // each sorted by code
};

}  // namespace tonghu::division
