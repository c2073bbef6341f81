#include "libs/ids/shard.h"

namespace tonghu::ids {

uint64_t StableHash(std::string_view text) {
  // FNV-1a of 64 bits: its offset basis, and below its prime. Shards stand in databases, so this never
  // changes.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

int ShardOf(std::string_view county, int shards) {
  return shards <= 1 ? 0 : static_cast<int>(StableHash(county) % static_cast<uint64_t>(shards));
}

}  // namespace tonghu::ids
