#include "services/registry/domain/sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace tonghu::registry {

void RowErrors::Add(RowError error) {
  ++count_;
  const int row = error.row;
  // Errors come by row, and once more from the first row on when references are looked up.
  if (kept_.size() == kKept && row >= kept_.rbegin()->first) return;
  kept_.emplace(row, std::move(error));
  // The errors of the first rows are kept, in whatever order they come.
  if (kept_.size() > kKept) kept_.erase(std::prev(kept_.end()));
}

std::vector<RowError> RowErrors::Listed() const {
  std::vector<RowError> listed;
  for (const auto& [row, error] : kept_) listed.push_back(error);
  return listed;
}

std::optional<Sheet> Sheet::Open(const csv::Table& table, absl::Span<const SheetColumn> columns,
                                 RowErrors& errors) {
  std::vector<csv::Column> wanted;
  // All are looked for as optional ones: so each missing column becomes an error of its own.
  for (const SheetColumn& column : columns) wanted.push_back({{column.name}, false});
  auto places = csv::Columns::Find(table, wanted);
  if (!places.ok()) {
    errors.Add({1, "", "HEADER_MALFORMED", fmt::format("{}。", std::string(places.status().message()))});
    return std::nullopt;
  }
  bool complete = true;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].required || places->Has(i)) continue;
    complete = false;
    errors.Add({1, columns[i].name, "MISSING_COLUMN",
                fmt::format("表头缺少“{}”列，请补上该列后重新导入。", columns[i].name)});
  }
  // With a column missing, an unknown one is most likely that column misspelt, and is not told besides.
  for (const std::string& name : complete ? places->Unread(table) : std::vector<std::string>()) {
    complete = false;
    errors.Add({1, name, "COLUMN_NOT_FOUND",
                "没有这一列，其中的内容会丢失；请核对列名是否写错，不需要的列请删除后重新导入。"});
  }
  if (!complete) return std::nullopt;
  return Sheet(*std::move(places), columns);
}

int Sheet::Number(const csv::Row& row, size_t column) const {
  std::string_view text = places_.Cell(row, column);
  // People write "3年级" and "2班" into columns of numbers.
  for (const std::string_view unit : {"年级", "班"}) {
    if (text.ends_with(unit)) text.remove_suffix(unit.size());
  }
  // An empty cell is 0, a unit without a number is an error.
  if (text.empty()) return places_.Cell(row, column).empty() ? 0 : -1;
  const bool digits = std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  int number = 0;
  return digits && text.size() <= 4 && absl::SimpleAtoi(std::string(text), &number) ? number : -1;
}

bool Sheet::CheckCells(const csv::Row& row, RowErrors& errors) const {
  bool good = true;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const std::string_view cell = places_.Cell(row, i);
    if (csv::LooksLikeFormula(cell)) {
      good = false;
      errors.Add({row.number, columns_[i].name, "FORMULA_CELL",
                  "单元格像是公式（以 = + - @ 开头），请改成文字或数值后重新导入。"});
    } else if (columns_[i].cells == Cells::kLongNumber && cell.size() < 18 &&
               csv::LooksLikeDamagedNumber(cell)) {
      // A number of 18 digits is left to its check digit (ExplainDamage in child_roster.cpp).
      good = false;
      errors.Add({row.number, columns_[i].name, "DAMAGED_NUMBER",
                  "长号码已被表格软件改成科学计数法，末几位已丢失；请把该列设为文本格式后重新填写。"});
    }
  }
  return good;
}

RowError ErrorIn(absl::Span<const SheetColumn> columns, int row, const Fault& fault) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const SheetColumn& column) {
    return !column.field.empty() && column.field == fault.field;
  });
  return {row, found == columns.end() ? "" : found->name, fault.reason, fault.message_zh};
}

}  // namespace tonghu::registry
