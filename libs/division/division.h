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

// The level of a code, by its length; the code must be digits only. Needs no data. Errors: INVALID_ARGUMENT
// for any other text.
absl::StatusOr<Level> LevelOf(std::string_view code);

// The code one level up; empty for a province and for a text that is no code. Needs no data.
std::string_view ParentOf(std::string_view code);

// True when `code` is `ancestor` or lies below it ("520324101" is within "5203"). Needs no data.
bool IsWithin(std::string_view code, std::string_view ancestor);

// One division. The views point into the table's text.
struct Division {
  std::string_view code;
  std::string_view name;  // its own name, UTF-8: "播州区"
  Level level;
};

// All divisions of one province. Immutable; safe to read from any thread. Views that it gives live as long as
// its text.
class Divisions {
 public:
  // The table compiled into this library: Guizhou, down to villages.
  static const Divisions& Guizhou();

  // Reads "code,name" lines after a header, in any order. The result points into `csv`, which must outlive
  // it. Errors: INVALID_ARGUMENT naming the line: bad code, empty name, code twice, or a parent that is
  // missing.
  static absl::StatusOr<Divisions> Parse(std::string_view csv);

  // The division of a code; nullptr when there is none.
  const Division* Find(std::string_view code) const;
  bool IsCounty(std::string_view code) const;
  // The divisions directly below `code`, by code; none for villages and unknown codes.
  absl::Span<const Division> ChildrenOf(std::string_view code) const;
  // Every division of one level, by code.
  absl::Span<const Division> AllOf(Level level) const;
  // The names from the province down: "贵州省遵义市播州区"; empty for an unknown code.
  std::string FullName(std::string_view code) const;

 private:
  std::array<std::vector<Division>, 5> levels_;  // each sorted by code
};

}  // namespace tonghu::division
