#include <fmt/format.h>

#include "absl/container/flat_hash_map.h"
#include "services/registry/domain/roster.h"
#include "services/registry/domain/sheet.h"

namespace tonghu::registry {
namespace {

enum Place { kId, kName, kTownship };
const SheetColumn kColumns[] = {
    {"学校标识码", Cells::kLongNumber}, {"校名"}, {"乡镇代码", Cells::kLongNumber}};

constexpr std::pair<std::string_view, std::string_view> kFields[] = {
    {"name", "学校标识码"}, {"display_name", "校名"}, {"township_code", "乡镇代码"}};

}  // namespace

std::vector<SchoolRow> ReadSchools(const csv::Table& table, const std::string& county, RowErrors& errors) {
  std::vector<SchoolRow> schools;
  const auto sheet = Sheet::Open(table, kColumns, errors);
  if (!sheet) return schools;
  absl::flat_hash_map<std::string, int> seen;
  for (const csv::Row& row : table.rows) {
    if (!sheet->CheckCells(row, errors)) continue;
    SchoolRow school{row.number,
                     {county, sheet->Cell(row, kId), sheet->Cell(row, kName), sheet->Cell(row, kTownship)}};
    Faults faults;
    CheckSchool(school.school, faults);
    const auto [first, fresh] = seen.try_emplace(school.school.id, row.number);
    if (!fresh && !school.school.id.empty()) {
      AddInvalid(faults, "DUPLICATE_SCHOOL", "name", "",
                 fmt::format("学校标识码与第{}行相同，请删去重复的行。", first->second));
    }
    for (const Fault& fault : faults) errors.Add(SchoolRowError(school, fault));
    if (faults.empty()) schools.push_back(std::move(school));
  }
  return schools;
}

RowError SchoolRowError(const SchoolRow& row, const Fault& fault) {
  return {row.row, std::string(ColumnOf(fault.field, kFields)), fault.reason, fault.message_zh};
}

}  // namespace tonghu::registry
