// The bounds of what a client can take up.
#pragma once

#include <chrono>
#include <cstddef>

namespace tonghu::gateway {

inline constexpr size_t kLeastRate = 32 << 10;  // bytes a second; slower than this is too slow

// An upload is the body of a call with a stream of requests and one answer. Its messages go on to the service
// as they come, and the body is read on only when the service has taken the message before the last: a call
// holds at most two messages and an envelope's bytes, four times `message_bytes`, however long the body is.
struct Limits {
  size_t header_bytes = 16 << 10;        // of a request's head
  size_t message_bytes = 4 << 20;        // of one message, also when unpacked
  size_t body_bytes = 4 << 20;           // of a request's body as it comes
  size_t upload_bytes = 96 << 20;        // of an upload: the registry's 64 MiB also in JSON, a third longer
  int connections = 12'000;              // in all
  int connections_per_address = 200;     // not counted for proxies
  std::chrono::seconds idle_time{75};    // between two requests
  std::chrono::seconds header_time{10};  // from the first byte of a head to its last
  // For a body, and a second more for each 32 KiB that it may have. An upload's bytes may stay away for so
  // long at most, and come at the least rate otherwise.
  std::chrono::seconds body_time{30};
  std::chrono::seconds write_time{20};  // for one write, and a second more for each 32 KiB
  std::chrono::seconds unary_time{60};  // the longest unary call
  std::chrono::seconds upload_time{
      600};  // the longest upload, with its answer; the registry gives up after 300
};

}  // namespace tonghu::gateway
