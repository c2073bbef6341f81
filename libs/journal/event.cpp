#include "libs/journal/event.h"

#include <utility>

#include "libs/clock/timestamp.h"

namespace tonghu::journal {

Event FromMessage(v1::Event message) {
  return {.producer = std::move(*message.mutable_producer()),
          .shard = message.shard(),
          .seq = message.seq(),
          .type = std::move(*message.mutable_type()),
          .county = std::move(*message.mutable_county()),
          .key = std::move(*message.mutable_key()),
          .time = clock::ToTime(message.time()),
          .payload = std::move(*message.mutable_payload()),
          .actor = std::move(*message.mutable_actor())};
}

v1::Event ToMessage(Event event) {
  v1::Event message;
  message.set_producer(std::move(event.producer));
  message.set_shard(event.shard);
  message.set_seq(event.seq);
  message.set_type(std::move(event.type));
  message.set_county(std::move(event.county));
  message.set_key(std::move(event.key));
  clock::SetTime(event.time, message.mutable_time());
  message.set_payload(std::move(event.payload));
  message.set_actor(std::move(event.actor));
  return message;
}

}  // namespace tonghu::journal
