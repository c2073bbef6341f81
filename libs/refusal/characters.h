// The length of texts that people write, whose limits are in characters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tonghu::refusal {

// How many characters a text has, as people count them: a Chinese one counts once, whatever its bytes. `utf8`
// is valid UTF-8, of which each character begins with a byte that is none of 10xxxxxx.
inline size_t CharactersOf(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace tonghu::refusal
