// The frames of Connect's streams: a byte of flags, four bytes of length (big endian), the message. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tonghu::gateway {

inline constexpr uint8_t kFlagCompressed = 0x01;
inline constexpr uint8_t kFlagEndOfStream = 0x02;
inline constexpr size_t kEnvelopeHead = 5;  // bytes in front of a message

struct Envelope {
  uint8_t flags = 0;
  std::string message;
};

// The head of an envelope around a message of `size` bytes.
std::string EnvelopeHead(uint8_t flags, size_t size);

// Takes the bytes of a request's body as they arrive and gives its envelopes. Not thread-safe.
class EnvelopeReader {
 public:
  // `most_bytes`: the longest message that is taken.
  explicit EnvelopeReader(size_t most_bytes) : most_bytes_(most_bytes) {}

  void Feed(absl::string_view bytes) { bytes_.append(bytes.data(), bytes.size()); }
  // The next whole envelope; nothing when more bytes are needed. Errors: RESOURCE_EXHAUSTED as soon as a head
  // says more than `most_bytes`; INVALID_ARGUMENT for flags that a request can't have.
  absl::StatusOr<std::optional<Envelope>> Next();
  // Whether bytes of an envelope that is not whole are left: at the body's end a mistake of the client.
  bool torn() const { return read_ < bytes_.size(); }

 private:
  const size_t most_bytes_;
  std::string bytes_;
  size_t read_ = 0;  // bytes of `bytes_` that were given out
};

}  // namespace tonghu::gateway
