// The two forms of a UUID: the text of names and events, and the 16 bytes in databases.
#pragma once

#include <string>
#include <string_view>

namespace tonghu::ids {

inline constexpr size_t kUuidBytes = 16;

// Appends the bytes of a UUID in our spelling (IsUuid). False, and nothing appended, for any other text.
bool AppendUuidBytes(std::string_view text, std::string& out);

// The text of kUuidBytes bytes; empty for any other number of them.
std::string UuidText(std::string_view bytes);

}  // namespace tonghu::ids
