// An event in memory: a fact as it stands in a service's journal and travels on the bus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// The type of the event that says who read which children's files (tonghu.journal.v1.FileRead). Every service
// publishes it; only the audit depends on it.
inline constexpr std::string_view kFileRead = "file_read";
// Likewise of the event that says whose attempts on which children's files were refused (AttemptRefused).
inline constexpr std::string_view kAttemptRefused = "attempt_refused";

// The fields are those of tonghu.journal.v1.Event, with which the journal's API answers. A struct, because
// each service handles every event of the others, and a message would cost seven allocations more.
struct Event {
  std::string producer;
  int shard = 0;
  int64_t seq = 0;
  std::string type;
  std::string county;
  std::string key;
  absl::Time time;
  std::string payload;
  std::string actor;
};

// Converts an event from and to the message of the journal's API.
Event FromMessage(v1::Event message);
v1::Event ToMessage(Event event);

}  // namespace tonghu::journal
