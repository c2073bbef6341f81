// Tables that line up in a terminal, where Chinese characters take two columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tonghu::tonghuctl {

// How many columns `text` (UTF-8) takes: wide characters two, combining marks none. Ambiguous ones count one.
size_t DisplayWidth(std::string_view text);

// `text` on one line without control characters, so that what somebody typed into a note can't drive the
// terminal.
std::string Printable(std::string_view text);

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // Short rows are filled up with empty cells; cells beyond the header are dropped.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Header and rows, two blanks between columns, none at a line's end; each line ends with "\n".
  std::string Text() const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tonghu::tonghuctl
