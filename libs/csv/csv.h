// Comma-separated rosters as people really have them: UTF-8 with or without a mark, or GB18030 from Excel.
// Messages of errors are Chinese, for the officer who brings the file; they name rows and columns, never a
// cell's content.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace tonghu::csv {

struct Limits {
  size_t max_bytes = 64u << 20;        // of the file as it came
  size_t max_rows = 200'000;           // data rows, without the header
  size_t max_fields = 200;             // in one row
  size_t max_field_bytes = 16u << 10;  // in UTF-8
};

struct Row {
  int number;  // in the file, as a spreadsheet shows it: the header is 1, blank rows count
  std::vector<std::string> fields;  // as many as the header has, UTF-8, exactly as written (not trimmed)
};

struct Table {
  std::vector<std::string> header;  // trimmed
  std::vector<Row> rows;            // without blank ones
};

// Reads a whole file; its first row that is not blank is the header. The separator is a comma or, when the
// first line has tabs and no comma, a tab. A row shorter than the header is filled up with empty fields;
// blank rows, and blank fields beyond the header, are dropped. Time and memory are linear in the bytes.
// Errors: INVALID_ARGUMENT with the row, for: nothing in it, NUL bytes, neither UTF-8 nor GB18030, quotes
// that do not close or stand inside a field, a field beyond the header; RESOURCE_EXHAUSTED for what exceeds
// `limits`.
absl::StatusOr<Table> Parse(std::string_view bytes, const Limits& limits = {});

// The text as UTF-8 without a byte order mark. Valid UTF-8 is kept; anything else must be GB18030 throughout.
// Errors: INVALID_ARGUMENT with the row; NUL bytes (UTF-16 has them) and more than 256 MiB are refused.
absl::StatusOr<std::string> ToUtf8(std::string_view bytes);

// A column that a reader wants: its name first, then other names it goes by.
struct Column {
  std::vector<std::string> names;
  bool required = true;
};

// Where the wanted columns stand in a table. Keeps no reference to it.
class Columns {
 public:
  // Spaces and asterisks in names and full-width brackets make no difference ("*身份证号（18位）" is
  // "身份证号(18位)"); of several names the first that is there is taken; columns nobody wants are left to
  // Unread. Errors: INVALID_ARGUMENT listing every missing column and what was found (not when nothing fits:
  // that row may be a child's), or naming a column that is there twice.
  static absl::StatusOr<Columns> Find(const Table& table, absl::Span<const Column> wanted);

  // The cell of wanted column `index` (its place in `wanted`), trimmed of ASCII and full-width spaces; empty
  // when an optional column is absent. A view into `row`.
  std::string_view Cell(const Row& row, size_t index) const;
  bool Has(size_t index) const { return places_[index] >= 0; }
  // Headers of `table`'s columns that nobody wants although something stands in them: what would be lost. A
  // running number (序号) is nothing.
  std::vector<std::string> Unread(const Table& table) const;

 private:
  std::vector<int> places_;
};

// Without ASCII, no-break and full-width (U+3000) spaces at both ends.
std::string_view Trim(std::string_view text);

// True when a spreadsheet would run the cell: = or @ (also full-width) and something after it; + or - before
// anything but a plain number, phone or dash; also after leading blanks.
bool LooksLikeFormula(std::string_view cell);

// True when a spreadsheet has spoilt a long number: "5.20521E+17", or 18 or more digits with only zeros after
// the 15th. About one real identity number in a thousand ends in 000 too: use this to explain a refusal or to
// warn, not to refuse.
bool LooksLikeDamagedNumber(std::string_view cell);

// One line with "\n" at its end, quoted where needed. A field that looks like a formula gets an apostrophe
// before it, so that nobody's spreadsheet runs it.
std::string Join(absl::Span<const std::string> fields);

}  // namespace tonghu::csv
