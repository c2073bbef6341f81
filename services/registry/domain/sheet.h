// A sheet: a table with the columns that a roster needs. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "services/registry/domain/roster.h"

namespace tonghu::registry {

// What a column holds, which decides what damage spreadsheets can do to it.
enum class Cells { kText, kLongNumber };

struct SheetColumn {
  std::string name;
  std::string field = {};  // the field whose faults belong to this column
  Cells cells = Cells::kText;
  bool required = true;
};

// A table opened for reading. Keeps references to the table and the columns.
class Sheet {
 public:
  // Opens a table. Adds errors and gives none when the header lacks required columns, has one twice, or has
  // others with content.
  static std::optional<Sheet> Open(const csv::Table& table, absl::Span<const SheetColumn> columns,
                                   RowErrors& errors);

  bool Has(size_t column) const { return places_.Has(column); }
  std::string Cell(const csv::Row& row, size_t column) const {
    return std::string(places_.Cell(row, column));
  }
  // A number of up to four digits, also written "3年级" or "2班"; 0 when empty, -1 for any other text.
  int Number(const csv::Row& row, size_t column) const;
  // Adds FORMULA_CELL and DAMAGED_NUMBER for cells that no program should trust. True when there are none.
  bool CheckCells(const csv::Row& row, RowErrors& errors) const;

 private:
  Sheet(csv::Columns places, absl::Span<const SheetColumn> columns)
      : places_(std::move(places)), columns_(columns) {}
  csv::Columns places_;
  absl::Span<const SheetColumn> columns_;
};

// The error of a row's fault, in the column of the fault's field; without column when no column has the
// field.
RowError ErrorIn(absl::Span<const SheetColumn> columns, int row, const Fault& fault);

}  // namespace tonghu::registry
