// The chain of hashes of a journal's shard: each row carries the hash of the row before it and of its own
// content (docs/adr/2026-11-26-the-audit-is-the-journal.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tonghu::chain {

inline constexpr size_t kHashBytes = 32;  // SHA-256

// What the hash of a journal's row covers beside the hash before it.
struct Row {
  int shard = 0;
  int64_t seq = 0;  // the position of the row's last event
  int64_t events = 0;
  std::string_view type, county;
  int64_t time_micros = 0;  // since 1970
  std::string_view payload;
};

// The hash that the first row of a shard follows: zeros.
std::string Beginning();

// The hash of a row: SHA-256 over "tonghu journal v1\n", the hash before, shard, seq, events and time as
// big-endian 64-bit numbers, and type, county and payload, each behind its length as such a number.
// Thread-safe. Ends the process when OpenSSL has no SHA-256.
std::string HashAfter(std::string_view before, const Row& row);

}  // namespace tonghu::chain
