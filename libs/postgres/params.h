// The parameters of a statement in PostgreSQL's binary format: scalars, and arrays for set-based SQL
// (`unnest($1, $2, …)`).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace tonghu::postgres {

// Collects parameters in order: Params().Int(1).Text("x"). Values are copied. Of times, InfinitePast is NULL
// and InfiniteFuture is 'infinity'. Not thread-safe.
class Params {
 public:
  Params& Int(int64_t value);             // bigint
  Params& Bool(bool value);               // boolean
  Params& Text(std::string_view value);   // text
  Params& Bytes(std::string_view value);  // bytea
  // uuid. A text that is no UUID is nobody's id: the parameter is NULL, which equals nothing.
  Params& Uuid(std::string_view value);
  // uuid: the id behind which a list goes on; lower than all ids when `value` is empty or no UUID.
  Params& UuidAfter(std::string_view value);
  Params& Time(absl::Time value);  // timestamptz
  Params& Ints(absl::Span<const int64_t> values);
  Params& Texts(absl::Span<const std::string> values);
  Params& Uuids(absl::Span<const std::string> values);
  Params& Times(absl::Span<const absl::Time> values);
  // Bytes already in the binary form of the type with this OID.
  Params& Raw(uint32_t type, std::string bytes, bool null = false);

  // For the connection: the form on the wire.
  int size() const { return static_cast<int>(types_.size()); }
  const std::vector<uint32_t>& types() const { return types_; }
  void Pointers(std::vector<const char*>& values, std::vector<int>& lengths) const;

 private:
  Params& Push(uint32_t type, std::string value, bool null = false);
  std::vector<uint32_t> types_;
  std::vector<std::string> values_;
  std::vector<bool> nulls_;
};

// Converts to and from PostgreSQL's microseconds since 2000-01-01. Times that timestamptz does not hold
// become its infinities, which become absl's.
int64_t ToPostgresMicros(absl::Time time);
absl::Time FromPostgresMicros(int64_t micros);

}  // namespace tonghu::postgres
