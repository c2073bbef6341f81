// The shard of a county. Hashes and shards stand in databases and stream subjects: none of this may ever
// change.
#pragma once

#include <cstdint>
#include <string_view>

namespace tonghu::ids {

// The FNV-1a hash of 64 bits (Fowler, Noll and Vo).
uint64_t StableHash(std::string_view text);

// The shard of a county, 0 … shards-1. `shards` is at least 1.
int ShardOf(std::string_view county, int shards);

}  // namespace tonghu::ids
