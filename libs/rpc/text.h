// Checks of text from outside.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tonghu::rpc {

// Whether `text` is strict UTF-8 (RFC 3629): no overlong forms, surrogates or values past U+10FFFF.
bool IsUtf8(std::string_view text);

// Cuts `text` to at most `max` bytes, not inside a character. In a text that is not UTF-8 all but ASCII
// becomes '?'.
std::string CleanText(std::string_view text, size_t max);

}  // namespace tonghu::rpc
