// Tables that line up in a terminal, where Chinese characters take two columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tonghu::tonghuctl {

// The number of columns that `text` (UTF-8) takes: wide characters two (Unicode UAX #11), combining marks
// none, ambiguous ones one.
size_t DisplayWidth(std::string_view text);

// Makes `text` one line without control characters, so that a note can't drive the terminal.
std::string Printable(std::string_view text);

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // Adds a row. A short row is filled up with empty cells; cells beyond the header are dropped.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // The header and rows, with two blanks between columns and none at a line's end; each line ends with "\n".
  std::string Text() const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tonghu::tonghuctl
