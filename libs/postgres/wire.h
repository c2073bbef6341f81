// PostgreSQL's binary forms, shared by parameters and rows.
#pragma once

#include <endian.h>

#include <cstdint>
#include <string>

namespace tonghu::postgres {

// Type OIDs from PostgreSQL's pg_type.dat; fixed for ever.
inline constexpr uint32_t kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
                          kTimestamptz = 1184;

inline void Append16(std::string& out, int16_t value) {
  const uint16_t big = htobe16(static_cast<uint16_t>(value));
  out.append(reinterpret_cast<const char*>(&big), sizeof big);
}

inline void Append32(std::string& out, int32_t value) {
  const uint32_t big = htobe32(static_cast<uint32_t>(value));
  out.append(reinterpret_cast<const char*>(&big), sizeof big);
}

inline void Append64(std::string& out, int64_t value) {
  const uint64_t big = htobe64(static_cast<uint64_t>(value));
  out.append(reinterpret_cast<const char*>(&big), sizeof big);
}

}  // namespace tonghu::postgres
