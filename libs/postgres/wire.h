// PostgreSQL's binary forms of values, shared by parameters and rows (network byte order).
#pragma once

#include <endian.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tonghu::postgres {

// OIDs of types, from PostgreSQL's pg_type.dat; fixed for ever.
inline constexpr uint32_t kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kTid = 27,
                          kDate = 1082, kTimestamptz = 1184, kUuid = 2950;

// The OID of the type of arrays of `element`, one of these; 0 for any other.
constexpr uint32_t ArrayOf(uint32_t element) {
  switch (element) {
    case kBool:
      return 1000;
    case kBytea:
      return 1001;
    case kInt2:
      return 1005;
    case kInt4:
      return 1007;
    case kText:
      return 1009;
    case kTid:
      return 1010;
    case kInt8:
      return 1016;
    case kDate:
      return 1182;
    case kTimestamptz:
      return 1185;
    case kUuid:
      return 2951;
    default:
      return 0;
  }
}

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

// Appends the header of an array: dimensions, has-nulls, element type, length, lower bound. The elements
// follow, each behind its length; the length kNullLength is NULL.
inline void AppendArrayHeader(std::string& out, uint32_t element, size_t size) {
  for (const int32_t word :
       {int32_t{1}, int32_t{1}, static_cast<int32_t>(element), static_cast<int32_t>(size), int32_t{1}}) {
    Append32(out, word);
  }
}

inline constexpr int32_t kNullLength = -1;

inline void AppendSized(std::string& out, std::string_view bytes) {
  Append32(out, static_cast<int32_t>(bytes.size()));
  out += bytes;
}

}  // namespace tonghu::postgres
