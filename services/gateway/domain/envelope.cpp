#include "services/gateway/domain/envelope.h"

namespace tonghu::gateway {

std::string EnvelopeHead(uint8_t flags, size_t size) {
  std::string head(kEnvelopeHead, '\0');
  head[0] = static_cast<char>(flags);
  for (int i = 0; i < 4; ++i) head[1 + i] = static_cast<char>(size >> (8 * (3 - i)));
  return head;
}

absl::StatusOr<std::optional<Envelope>> EnvelopeReader::Next() {
  const size_t left = bytes_.size() - read_;
  if (left < kEnvelopeHead) return std::optional<Envelope>();
  const auto* head = reinterpret_cast<const unsigned char*>(bytes_.data()) + read_;
  if ((head[0] & ~kFlagCompressed) != 0) {
    return absl::InvalidArgumentError("an envelope has flags that a request can't have");
  }
  size_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | head[1 + i];
  if (size > most_bytes_) return absl::ResourceExhaustedError("a message is longer than the gateway takes");
  if (left - kEnvelopeHead < size) return std::optional<Envelope>();
  Envelope envelope{head[0], bytes_.substr(read_ + kEnvelopeHead, size)};
  read_ += kEnvelopeHead + size;
  // What was given out is let go, so that no more than one message and one read are held twice.
  if (read_ == bytes_.size() || read_ > most_bytes_) {
    bytes_.erase(0, read_);
    read_ = 0;
  }
  return std::optional<Envelope>(std::move(envelope));
}

}  // namespace tonghu::gateway
