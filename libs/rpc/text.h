// Checks of text that comes from outside.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tonghu::rpc {

// Strict UTF-8: no overlong forms, surrogates or values past U+10FFFF.
bool IsUtf8(std::string_view text);

// `text` cut to at most `max` bytes, not inside a character; when it is not UTF-8 all but ASCII becomes '?'.
std::string CleanText(std::string_view text, size_t max);

}  // namespace tonghu::rpc
