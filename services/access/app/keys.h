// API keys of programs.
#pragma once

namespace tonghu::access {

// How an API key begins, by which it is told from a session's token, and found where it must not be.
inline constexpr char kApiKeyPrefix[] = "tonghu_";

}  // namespace tonghu::access
