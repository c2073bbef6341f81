// The bounds of what a client can take up.
#pragma once

#include <chrono>
#include <cstddef>

namespace tonghu::gateway {

struct Limits {
  size_t header_bytes = 16 << 10;        // of a request's head
  size_t message_bytes = 4 << 20;        // of one message, also when unpacked
  size_t body_bytes = 4 << 20;           // of a request's body as it comes
  int connections = 12'000;              // in all
  int connections_per_address = 200;     // not counted for proxies
  std::chrono::seconds idle_time{75};    // between two requests
  std::chrono::seconds header_time{10};  // from the first byte of a head to its last
  std::chrono::seconds body_time{30};    // for a body, and a second more for each 32 KiB
  std::chrono::seconds write_time{20};   // for one write, and a second more for each 32 KiB
  std::chrono::seconds unary_time{60};   // for a unary call without a time-out of its own
};

}  // namespace tonghu::gateway
