// Which shard a county belongs to. Stored in databases and stream subjects: none of this may ever change.
#pragma once

#include <cstdint>
#include <string_view>

namespace tonghu::ids {

// FNV-1a, 64 bits.
uint64_t StableHash(std::string_view text);

// 0 … shards-1. `shards` is at least 1.
int ShardOf(std::string_view county, int shards);

}  // namespace tonghu::ids
