#include "libs/postgres/params.h"

#include <limits>

#include "libs/postgres/wire.h"

namespace tonghu::postgres {
namespace {

constexpr uint32_t kBoolArray = 1000, kByteaArray = 1001, kInt8Array = 1016, kTextArray = 1009,
                   kTimestamptzArray = 1185;
constexpr int64_t kEpochDifference = 946684800LL * 1000000;  // 1970 to 2000
constexpr int64_t kInfinity = std::numeric_limits<int64_t>::max();
constexpr int64_t kMinusInfinity = std::numeric_limits<int64_t>::min();
constexpr int64_t kEarliest = -211813488000000000;  // what timestamptz holds: from 4713 BC
constexpr int64_t kEnd = 9223371331200000000;       // to the year 294277
constexpr int32_t kNull = -1;

// Binary array header: dimensions, has-nulls, element type, length, lower bound.
std::string ArrayHeader(uint32_t element, size_t size, size_t bytes) {
  std::string out;
  out.reserve(20 + bytes);
  Append32(out, 1);
  Append32(out, 1);
  Append32(out, static_cast<int32_t>(element));
  Append32(out, static_cast<int32_t>(size));
  Append32(out, 1);
  return out;
}

std::string StringArray(uint32_t element, absl::Span<const std::string> values) {
  size_t bytes = 0;
  for (const std::string& value : values) bytes += 4 + value.size();
  std::string out = ArrayHeader(element, values.size(), bytes);
  for (const std::string& value : values) {
    Append32(out, static_cast<int32_t>(value.size()));
    out += value;
  }
  return out;
}

}  // namespace

int64_t ToPostgresMicros(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  if (micros >= kEnd) return kInfinity;  // before the difference, which could overflow
  if (micros < kEarliest + kEpochDifference) return kMinusInfinity;
  return micros - kEpochDifference;
}

absl::Time FromPostgresMicros(int64_t micros) {
  if (micros == kMinusInfinity) return absl::InfinitePast();
  if (micros > kInfinity - kEpochDifference) return absl::InfiniteFuture();
  return absl::FromUnixMicros(micros + kEpochDifference);
}

Params& Params::Push(uint32_t type, std::string value, bool null) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  nulls_.push_back(null);
  return *this;
}

Params& Params::Raw(uint32_t type, std::string_view bytes, bool null) {
  return Push(type, std::string(bytes), null);
}

Params& Params::Int(int64_t value) {
  std::string out;
  Append64(out, value);
  return Push(kInt8, std::move(out));
}

Params& Params::Bool(bool value) { return Push(kBool, std::string(1, value ? '\1' : '\0')); }
Params& Params::Text(std::string_view value) { return Push(kText, std::string(value)); }
Params& Params::Bytes(std::string_view value) { return Push(kBytea, std::string(value)); }

Params& Params::Time(absl::Time value) {
  std::string out;
  Append64(out, ToPostgresMicros(value));
  return Push(kTimestamptz, std::move(out), value == absl::InfinitePast());
}

Params& Params::Ints(absl::Span<const int64_t> values) {
  std::string out = ArrayHeader(kInt8, values.size(), values.size() * 12);
  for (int64_t value : values) {
    Append32(out, 8);
    Append64(out, value);
  }
  return Push(kInt8Array, std::move(out));
}

Params& Params::Bools(const std::vector<bool>& values) {
  std::string out = ArrayHeader(kBool, values.size(), values.size() * 5);
  for (bool value : values) {
    Append32(out, 1);
    out.push_back(value ? '\1' : '\0');
  }
  return Push(kBoolArray, std::move(out));
}

Params& Params::Texts(absl::Span<const std::string> values) {
  return Push(kTextArray, StringArray(kText, values));
}
Params& Params::BytesList(absl::Span<const std::string> values) {
  return Push(kByteaArray, StringArray(kBytea, values));
}

Params& Params::Times(absl::Span<const absl::Time> values) {
  std::string out = ArrayHeader(kTimestamptz, values.size(), values.size() * 12);
  for (absl::Time value : values) {
    if (value == absl::InfinitePast()) {
      Append32(out, kNull);
      continue;
    }
    Append32(out, 8);
    Append64(out, ToPostgresMicros(value));
  }
  return Push(kTimestamptzArray, std::move(out));
}

void Params::Pointers(std::vector<const char*>& values, std::vector<int>& lengths) const {
  values.resize(values_.size());
  lengths.resize(values_.size());
  for (size_t i = 0; i < values_.size(); ++i) {
    values[i] = nulls_[i] ? nullptr : values_[i].data();
    lengths[i] = static_cast<int>(values_[i].size());
  }
}

}  // namespace tonghu::postgres
