// Rosters as comma-separated text (RFC 4180), as schools really have them: UTF-8 with or without a byte order
// mark, or GB18030 as Excel writes it. Messages of errors are Chinese, for the officer who brings the file;
// they name rows and columns, never a cell's content.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace tonghu::csv {

// The most that a file may hold.
struct Limits {
  size_t max_bytes = 64u << 20;        // of the file as it came
  size_t max_rows = 200'000;           // data rows, without the header
  size_t max_fields = 200;             // in one row
  size_t max_field_bytes = 16u << 10;  // in UTF-8
};

// One row of data.
struct Row {
  int number;  // in the file, as a spreadsheet shows it: the header is 1, blank rows count
  std::vector<std::string> fields;  // as many as the header has, UTF-8, exactly as written (not trimmed)
};

// A file that was read: the header and the rows below.
struct Table {
  std::vector<std::string> header;  // trimmed
  std::vector<Row> rows;            // without blank ones
};

// Reads a whole file. The first row that is not blank is the header. The separator is a comma or, when the
// first line has tabs and no comma, a tab. A row shorter than the header is filled up with empty fields.
// Blank rows, and blank fields beyond the header, are dropped. Time and memory are linear in the bytes.
// Errors: INVALID_ARGUMENT, naming the row, for an empty file, NUL bytes, bytes that are neither UTF-8 nor
// GB18030, quotes that do not close or stand inside a field, and a field beyond the header;
// RESOURCE_EXHAUSTED for what exceeds `limits`.
absl::StatusOr<Table> Parse(std::string_view bytes, const Limits& limits = {});

// Gives the text as UTF-8 without a byte order mark. Valid UTF-8 is kept; any other text must be GB18030
// throughout. Errors: INVALID_ARGUMENT naming the row. NUL bytes (UTF-16 has them) and more than 256 MiB are
// refused.
absl::StatusOr<std::string> ToUtf8(std::string_view bytes);

// A column that a reader wants, by its name and other names under which schools have it.
struct Column {
  std::vector<std::string> names;
  bool required = true;
};

// The places of the wanted columns in a table. Keeps no reference to the table.
class Columns {
 public:
  // Finds the wanted columns. Spaces, asterisks and the width of brackets make no difference
  // ("*身份证号（18位）" is "身份证号(18位)"). Of several names of a column the first that the table has is
  // taken. Columns that nobody wants are left to Unread. Errors: INVALID_ARGUMENT listing every missing
  // column and the header found, or naming a column that is there twice. When no column fits, the header is
  // not repeated: that row may be a child's.
  static absl::StatusOr<Columns> Find(const Table& table, absl::Span<const Column> wanted);

  // The cell of the wanted column `index` (its place in `wanted`), trimmed of ASCII and full-width spaces;
  // empty when an optional column is absent. A view into `row`.
  std::string_view Cell(const Row& row, size_t index) const;
  bool Has(size_t index) const { return places_[index] >= 0; }
  // The headers of columns that nobody wants although some row has content there: what would be lost unseen.
  // A running number (序号) does not count.
  std::vector<std::string> Unread(const Table& table) const;

 private:
  std::vector<int> places_;
};

// The text without ASCII, no-break (U+00A0) and full-width (U+3000) spaces at both ends.
std::string_view Trim(std::string_view text);

// True when a spreadsheet would run the cell as a formula: = or @ (also full-width) and something after it; +
// or - before anything but a plain number, phone or dash; also after leading blanks. Source: OWASP, CSV
// injection.
bool LooksLikeFormula(std::string_view cell);

// True when a spreadsheet has spoilt a long number, of which it keeps 15 digits: "5.20521E+17", or 18 or more
// digits with only zeros after the 15th. About one genuine identity number in a thousand ends in 000 too, so
// the answer may explain a refusal or warn, never refuse.
bool LooksLikeDamagedNumber(std::string_view cell);

// Joins fields into one line with "\n" at its end, quoted where needed. A field that looks like a formula
// gets an apostrophe before it, so that no spreadsheet runs it.
std::string Join(absl::Span<const std::string> fields);

}  // namespace tonghu::csv
