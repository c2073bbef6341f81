#include "services/tonghuctl/table.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace tonghu::tonghuctl {
namespace {

// Gives the character at `at` and moves `at` past it; negative when the bytes are not UTF-8.
UChar32 Next(std::string_view text, int32_t& at) {
  UChar32 character;
  U8_NEXT(reinterpret_cast<const uint8_t*>(text.data()), at, static_cast<int32_t>(text.size()), character);
  return character;
}

// How many columns of a terminal a character takes: two for Chinese ones (Unicode, UAX #11), none for marks
// that combine with the character before.
size_t WidthOf(UChar32 character) {
  if (character < 0) return 1;
  const auto type = u_charType(character);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// True for controls, line ends, and the marks that turn the direction of writing.
bool IsUnprintable(UChar32 character) {
  if (character < 0) return true;
  const auto type = u_charType(character);
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_LINE_SEPARATOR ||
         type == U_PARAGRAPH_SEPARATOR;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) width += WidthOf(Next(text, at));
  return width;
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    const int32_t from = at;
    if (IsUnprintable(Next(text, at))) {
      printable += ' ';
    } else {
      printable += text.substr(from, at - from);
    }
  }
  return printable;
}

void Table::Add(std::vector<std::string> cells) {
  // A row may have fewer cells than the header: the others stay empty.
  cells.resize(header_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::Text() const {
  std::vector<size_t> widths(header_.size());
  for (size_t i = 0; i < header_.size(); ++i) {
    widths[i] = DisplayWidth(header_[i]);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string text;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      text += cells[i];
      if (i + 1 < cells.size()) text.append(widths[i] - DisplayWidth(cells[i]) + 2, ' ');
    }
    // Blanks at a line's end would spoil comparisons of outputs.
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  };
  line(header_);
  for (const auto& row : rows_) line(row);
  return text;
}

}  // namespace tonghu::tonghuctl
