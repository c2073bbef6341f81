// The messages that the services have published, and the same published again without journal and consumers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tonghu::bench {

struct Message {
  std::string subject, id, data;
};

// The newest message of the services' stream.
absl::StatusOr<uint64_t> NewestMessage(const std::string& url);
// All messages behind `after`, in order.
absl::StatusOr<std::vector<Message>> MessagesSince(const std::string& url, uint64_t after);

// Publishes to a stream of its own by the publisher of libs/jetstream, at most 256 without an
// acknowledgement, while a bare subscriber for each service that hears them takes them in: alerts what
// pairing says, reporting everything. Returns when everything is acknowledged and has been taken. Errors:
// INTERNAL, and DEADLINE_EXCEEDED after two minutes without progress.
class BareBus {
 public:
  // Makes the stream and the subscribers, which is not the work to be measured.
  static absl::StatusOr<BareBus> Open(const std::string& url);
  BareBus(BareBus&& other) noexcept;
  ~BareBus();
  absl::Status Carry(const std::vector<Message>& messages);

 private:
  struct Parts;
  explicit BareBus(Parts* parts) : parts_(parts) {}
  Parts* parts_;
};

}  // namespace tonghu::bench
