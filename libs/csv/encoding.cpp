#include <fmt/format.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr size_t kMostBytes = 256u << 20;  // ICU counts in 32 bits

// The row in which byte `offset` lies. Counting bytes is enough: neither UTF-8 nor GB18030 uses the bytes of
// quotes and line ends inside a character.
int RowAt(std::string_view bytes, size_t offset) {
  int row = 1;
  bool quoted = false;
  for (size_t i = 0; i < offset; ++i) {
    if (bytes[i] == '"') quoted = !quoted;
    const bool line_end =
        bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n'));
    if (!quoted && line_end) ++row;
  }
  return row;
}

// The offset of the first byte that is not UTF-8; none when all are.
std::optional<size_t> FirstNonUtf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const size_t size = bytes.size();
  for (size_t i = 0; i < size;) {
    const size_t start = i;
    UChar32 c;
    U8_NEXT(data, i, size, c);
    if (c < 0) return start;
  }
  return std::nullopt;
}

bool IsPrivateUse(UChar c) { return c >= 0xE000 && c <= 0xF8FF; }

struct Decoded {
  std::string text;
  std::optional<int> wrong_row;
};

// The UTF-8 of UTF-16 units; empty when they are no text.
std::string Utf8From(const UChar* begin, const UChar* end) {
  std::string text(static_cast<size_t>(end - begin) * 3, '\0');  // a UTF-16 unit takes at most three bytes
  int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(text.data(), static_cast<int32_t>(text.size()), &length, begin,
              static_cast<int32_t>(end - begin), &error);
  text.resize(U_FAILURE(error) ? 0 : length);
  return text;
}

// Decodes GB18030. Almost any pair of bytes is some character there, so characters of the private use area
// count as wrong: no roster has them, but damaged UTF-8 that is read as GB18030 does.
Decoded FromGb18030(std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open("gb18030", &error),
                                                                     &ucnv_close);
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  if (U_FAILURE(error)) return {{}, 1};
  std::vector<UChar> utf16(bytes.size() + 1);
  UChar* end = utf16.data();
  const char* source = bytes.data();
  ucnv_toUnicode(converter.get(), &end, utf16.data() + utf16.size(), &source, bytes.data() + bytes.size(),
                 nullptr, true, &error);
  // The text up to the first wrong character has as many rows as the bytes from which it came.
  const UChar* good_end = std::find_if(utf16.data(), end, IsPrivateUse);
  Decoded decoded{Utf8From(utf16.data(), good_end), std::nullopt};
  if (U_FAILURE(error) || good_end != end) decoded.wrong_row = RowAt(decoded.text, decoded.text.size());
  if (decoded.text.compare(0, kMark.size(), kMark) == 0) decoded.text.erase(0, kMark.size());
  return decoded;
}

absl::Status NeitherEncoding(int row) {
  return absl::InvalidArgumentError(
      fmt::format("第{}行：文字编码既不是UTF-8也不是GB18030，请在表格软件中另存为“CSV UTF-8”后再试", row));
}

}  // namespace

absl::StatusOr<std::string> ToUtf8(std::string_view bytes) {
  if (bytes.size() > kMostBytes) return absl::InvalidArgumentError("文件超过256MB");
  if (const size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    return absl::InvalidArgumentError(fmt::format(
        "第{}行：含有空字节，不是CSV文本；如为“Unicode文本”，请另存为“CSV UTF-8”后再试", RowAt(bytes, nul)));
  }
  const bool marked = bytes.substr(0, kMark.size()) == kMark;
  if (marked) bytes.remove_prefix(kMark.size());
  const auto wrong = FirstNonUtf8(bytes);
  if (!wrong.has_value()) return std::string(bytes);
  // A byte order mark promises UTF-8: such a file is not tried as GB18030.
  if (marked) return NeitherEncoding(RowAt(bytes, *wrong));
  Decoded decoded = FromGb18030(bytes);
  if (decoded.wrong_row.has_value()) return NeitherEncoding(*decoded.wrong_row);
  return std::move(decoded.text);
}

}  // namespace tonghu::csv
