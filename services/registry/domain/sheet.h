// A table with the columns a roster needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/types/span.h"
#include "services/registry/domain/roster.h"

namespace tonghu::registry {

// What a column holds decides which damage spreadsheets can do to it.
enum class Cells { kText, kLongNumber };

struct SheetColumn {
  std::string name;
  std::string field = {};  // whose faults are this column's
  Cells cells = Cells::kText;
  bool required = true;
};

// Keeps references to the table and the columns.
class Sheet {
 public:
  // None when the header lacks required columns, has one twice, or has others with something in them; the
  // errors are added.
  static std::optional<Sheet> Open(const csv::Table& table, absl::Span<const SheetColumn> columns,
                                   RowErrors& errors);

  bool Has(size_t column) const { return places_.Has(column); }
  std::string Cell(const csv::Row& row, size_t column) const {
    return std::string(places_.Cell(row, column));
  }
  // A number of up to four digits, also written "3年级" or "2班"; -1 for anything else (0 when empty).
  int Number(const csv::Row& row, size_t column) const;
  // Adds FORMULA_CELL and DAMAGED_NUMBER for cells no program should believe. True when there are none.
  bool CheckCells(const csv::Row& row, RowErrors& errors) const;

 private:
  Sheet(csv::Columns places, absl::Span<const SheetColumn> columns)
      : places_(std::move(places)), columns_(columns) {}
  csv::Columns places_;
  absl::Span<const SheetColumn> columns_;
};

// A row's fault as an error in the column of its field; in none when there is no such column.
RowError ErrorIn(absl::Span<const SheetColumn> columns, int row, const Fault& fault);

}  // namespace tonghu::registry
