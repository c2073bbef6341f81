// A fact as it stands in a service's journal and travels on the bus.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// The fields are those of tonghu.journal.v1.Event, which the journal's API answers with. A struct, since each
// service handles each event of the others: the message would cost seven allocations more.
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

// An event as the journal's API gives it, and back.
Event FromMessage(v1::Event message);
v1::Event ToMessage(Event event);

}  // namespace tonghu::journal
