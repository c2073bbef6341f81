#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

constexpr std::string_view kBlanks[] = {" ", "\t", "\r", "\n", "\u00A0", "\u3000"};

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), &IsDigit); }

// Removes any of `starts` from the front of `text`, once.
bool TakeStart(std::string_view& text, std::initializer_list<std::string_view> starts) {
  for (const std::string_view start : starts) {
    if (text.starts_with(start)) {
      text.remove_prefix(start.size());
      return true;
    }
  }
  return false;
}

// "13800000000", "86 138-0000-0000", "1.5", "-": what people write after + or - without meaning a formula.
bool IsPlainNumber(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || c == ' ' || c == '-' || c == '.' || c == ',' || c == '%';
  });
}

// What a spreadsheet makes of a long number: "5.20324E+17".
bool IsScientific(std::string_view text) {
  const size_t e = text.find_first_of("eE");
  if (e == std::string_view::npos || e == 0 || !IsDigit(text[0])) return false;
  std::string_view exponent = text.substr(e + 1);
  TakeStart(exponent, {"+"});
  if (exponent.empty() || !AllDigits(exponent)) return false;
  if (e == 1) return true;
  return text[1] == '.' && AllDigits(text.substr(2, e - 2));
}

}  // namespace

std::string_view Trim(std::string_view text) {
  // Nearly every cell is clean, and one look at its ends tells. The bytes looked for begin (C2, E3) or end
  // (A0, 80) the two blanks that are not ASCII; other characters share them, hence the loop below decides.
  const auto is_clean = [](std::string_view t) {
    const auto first = static_cast<unsigned char>(t.front()), last = static_cast<unsigned char>(t.back());
    return first > ' ' && first != 0xC2 && first != 0xE3 && last > ' ' && last != 0xA0 && last != 0x80;
  };
  if (text.empty() || is_clean(text)) return text;
  for (size_t before = text.size() + 1; text.size() < before;) {
    before = text.size();
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) text.remove_prefix(blank.size());
      if (text.ends_with(blank)) text.remove_suffix(blank.size());
    }
  }
  return text;
}

bool LooksLikeFormula(std::string_view cell) {
  std::string_view text = Trim(cell);
  // 0xEF begins the full-width forms (U+FF1D and the like) in UTF-8.
  if (text.empty() || std::string_view("=@+-\xEF").find(text.front()) == std::string_view::npos) return false;
  if (TakeStart(text, {"=", "@", "＝", "＠"})) return !text.empty();
  if (TakeStart(text, {"+", "-", "＋", "－"})) return !IsPlainNumber(text);
  return false;
}

bool LooksLikeDamagedNumber(std::string_view cell) {
  const std::string_view text = Trim(cell);
  if (IsScientific(text)) return true;
  // Spreadsheets keep 15 digits: the others have become zeros.
  return text.size() >= 18 && AllDigits(text) && text.find_first_not_of('0', 15) == std::string_view::npos;
}

std::string Join(absl::Span<const std::string> fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    // The apostrophe keeps a spreadsheet from running the cell as a formula when the file is opened.
    const std::string field = LooksLikeFormula(fields[i]) ? "'" + fields[i] : fields[i];
    if (field.find_first_of(",\"\r\n\t") == std::string::npos) {
      line += field;
      continue;
    }
    line += absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
  }
  line += '\n';
  return line;
}

}  // namespace tonghu::csv
