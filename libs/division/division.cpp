#include "libs/division/division.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "libs/division/guizhou_data.h"
#include "libs/status/macros.h"

namespace tonghu::division {
namespace {

constexpr size_t kCodeLengths[] = {2, 4, 6, 9, 12};  // by Level; GB/T 2260 and GB/T 10114

bool CodeLess(const Division& a, const Division& b) { return a.code < b.code; }

absl::Status BadLine(int number, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("division table, line {}: {}", number, what));
}

// Takes the next line off `rest`, without its end.
std::string_view TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Reads a division. Whether the division above is there is checked when all have been read.
absl::StatusOr<Division> ParseLine(std::string_view line, int number) {
  const size_t comma = line.find(',');
  if (comma == std::string_view::npos) return BadLine(number, "no comma");
  Division division{line.substr(0, comma), line.substr(comma + 1), Level::kProvince};
  const auto level = LevelOf(division.code);
  if (!level.ok()) return BadLine(number, "bad code");
  if (division.name.empty()) return BadLine(number, "no name");
  division.level = *level;
  return division;
}

}  // namespace

absl::StatusOr<Level> LevelOf(std::string_view code) {
  // The number of digits says the level.
  const auto length = std::find(std::begin(kCodeLengths), std::end(kCodeLengths), code.size());
  const bool digits =
      std::all_of(code.begin(), code.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (length == std::end(kCodeLengths) || !digits) {
    return absl::InvalidArgumentError("行政区划代码应为2、4、6、9或12位数字");
  }
  return static_cast<Level>(length - std::begin(kCodeLengths));
}

std::string_view ParentOf(std::string_view code) {
  const auto level = LevelOf(code);
  if (!level.ok() || *level == Level::kProvince) return {};
  // A code begins with the code of the division above.
  return code.substr(0, kCodeLengths[static_cast<size_t>(*level) - 1]);
}

bool IsWithin(std::string_view code, std::string_view ancestor) {
  return LevelOf(code).ok() && LevelOf(ancestor).ok() && code.substr(0, ancestor.size()) == ancestor;
}

absl::StatusOr<Divisions> Divisions::Parse(std::string_view csv) {
  Divisions divisions;
  std::string_view rest = csv;
  if (TakeLine(rest) != "code,name") return BadLine(1, "the header must be code,name");
  for (int number = 2; !rest.empty(); ++number) {
    const std::string_view line = TakeLine(rest);
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(auto division, ParseLine(line, number));
    divisions.levels_[static_cast<size_t>(division.level)].push_back(division);
  }
  // Sorting comes before the checks: duplicates then stand together, and Find works.
  for (auto& level : divisions.levels_) std::sort(level.begin(), level.end(), CodeLess);
  for (const auto& level : divisions.levels_) {
    for (size_t i = 0; i < level.size(); ++i) {
      const std::string_view code = level[i].code;
      if (i > 0 && level[i - 1].code == code)
        return absl::InvalidArgumentError(fmt::format("division {} twice", code));
      if (level[i].level != Level::kProvince && divisions.Find(ParentOf(code)) == nullptr) {
        return absl::InvalidArgumentError(fmt::format("division {} has no parent", code));
      }
    }
  }
  return divisions;
}

const Divisions& Divisions::Guizhou() {
  static const Divisions* const divisions = [] {
    auto parsed = Parse(GuizhouCsv());
    if (!parsed.ok()) std::abort();  // the table is part of the program and tested: this is a broken build
    return new Divisions(*std::move(parsed));
  }();
  return *divisions;
}

const Division* Divisions::Find(std::string_view code) const {
  const auto level = LevelOf(code);
  if (!level.ok()) return nullptr;
  const auto& all = levels_[static_cast<size_t>(*level)];
  const auto found = std::lower_bound(all.begin(), all.end(), Division{code, {}, *level}, CodeLess);
  return found != all.end() && found->code == code ? &*found : nullptr;
}

bool Divisions::IsCounty(std::string_view code) const {
  const Division* division = Find(code);
  return division != nullptr && division->level == Level::kCounty;
}

absl::Span<const Division> Divisions::ChildrenOf(std::string_view code) const {
  const Division* parent = Find(code);
  if (parent == nullptr || parent->level == Level::kVillage) return {};
  // Codes of one level with the same prefix stand together.
  const auto& below = levels_[static_cast<size_t>(parent->level) + 1];
  const auto prefix_less = [](const Division& d, std::string_view p) {
    return d.code.substr(0, p.size()) < p;
  };
  const auto less_prefix = [](std::string_view p, const Division& d) {
    return p < d.code.substr(0, p.size());
  };
  const auto first = std::lower_bound(below.begin(), below.end(), code, prefix_less);
  const auto last = std::upper_bound(first, below.end(), code, less_prefix);
  return absl::MakeConstSpan(below).subspan(first - below.begin(), last - first);
}

absl::Span<const Division> Divisions::AllOf(Level level) const { return levels_[static_cast<size_t>(level)]; }

std::string Divisions::FullName(std::string_view code) const {
  const Division* division = Find(code);
  if (division == nullptr) return {};
  // The recursion ends above the province, which has no parent and so no name before its own.
  return FullName(ParentOf(code)).append(division->name);
}

}  // namespace tonghu::division
