#include <fmt/format.h>

#include "absl/container/flat_hash_map.h"
#include "services/registry/domain/roster.h"
#include "services/registry/domain/sheet.h"

namespace tonghu::registry {
namespace {

enum Place { kId, kName, kTownship };
const SheetColumn kColumns[] = {{"学校标识码", "name", Cells::kLongNumber},
                                {"校名", "display_name"},
                                {"乡镇代码", "township_code", Cells::kLongNumber}};

}  // namespace

std::vector<SchoolRow> ReadSchools(const csv::Table& table, const std::string& county, RowErrors& errors) {
  std::vector<SchoolRow> schools;
  const auto sheet = Sheet::Open(table, kColumns, errors);
  if (!sheet) return schools;
  absl::flat_hash_map<std::string, int> seen;
  for (const csv::Row& row : table.rows) {
    // A damaged cell is told once, not a second time as a malformed value.
    if (!sheet->CheckCells(row, errors)) continue;
    SchoolRow school{row.number,
                     {county, sheet->Cell(row, kId), sheet->Cell(row, kName), sheet->Cell(row, kTownship)}};
    Faults faults;
    CheckSchool(school.school, faults);
    const auto [first, fresh] = seen.try_emplace(school.school.id, row.number);
    // A missing id is an error of its own, not a repetition.
    if (!fresh && !school.school.id.empty()) {
      AddInvalid(faults, "DUPLICATE_SCHOOL", "name", "",
                 fmt::format("学校标识码与第{}行相同，请删去重复的行。", first->second));
    }
    for (const Fault& fault : faults) errors.Add(ErrorIn(kColumns, row.number, fault));
    if (faults.empty()) schools.push_back(std::move(school));
  }
  return schools;
}

}  // namespace tonghu::registry
