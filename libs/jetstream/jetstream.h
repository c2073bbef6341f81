// NATS JetStream as Tonghu uses it: stream and consumer set-up, bounded asynchronous publishing, an own pull loop.
// The bus carries copies; the journal in PostgreSQL is the record, so every failure here is a reason to try again, never a loss.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace tonghu::jetstream {

// A connection that reconnects for ever. Thread-safe. Opening succeeds while the server is down.
class Connection {
 public:
  struct Options {
    std::string url;   // "nats://127.0.0.1:4222"
    std::string name;  // shown by the server's monitoring
  };
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Options& options);
  virtual ~Connection() = default;

  virtual bool connected() const = 0;
  // Sends `body` to `subject` ("$JS.API.STREAM.INFO.X") and gives the answer. Errors: UNAVAILABLE (not connected, no responders),
  // DEADLINE_EXCEEDED.
  virtual absl::StatusOr<std::string> Request(const std::string& subject, const std::string& body,
                                              absl::Duration timeout) = 0;
};

struct StreamSettings {
  std::string name;                   // "TONGHU"
  std::vector<std::string> subjects;  // {"tonghu.v1.>"}
  int64_t max_bytes = 1 << 30;        // oldest messages go first: consumers fill a gap from the journal
  absl::Duration duplicate_window = absl::Minutes(2);
};
// Makes the stream, or updates it when its settings differ. Idempotent; safe from several processes at once.
absl::Status EnsureStream(Connection& connection, const StreamSettings& settings);

struct ConsumerSettings {
  std::string stream;
  std::string durable;
  std::vector<std::string> filter_subjects;
  absl::Duration ack_wait = absl::Seconds(30);
  int max_ack_pending = 20000;
};
// Makes the durable pull consumer (AckAll, MaxDeliver -1, deliver all), or makes it anew when its filters differ. Idempotent.
absl::Status EnsureConsumer(Connection& connection, const ConsumerSettings& settings);

struct Outgoing {
  std::string subject;
  std::string message_id;  // Nats-Msg-Id: the server drops repeats within the duplicate window
  std::string data;
};
// Publishes batches asynchronously; one batch at a time (not thread-safe).
class Publisher {
 public:
  static absl::StatusOr<std::unique_ptr<Publisher>> Make(Connection& connection);  // connection outlives it
  virtual ~Publisher() = default;
  // Publishes all in order and waits for every acknowledgement. OK: the server stored (or already had) each message.
  // Any error means unknown: publish the whole batch again later. Errors: UNAVAILABLE, DEADLINE_EXCEEDED, and NOT_FOUND when the stream is gone.
  virtual absl::Status PublishAll(absl::Span<const Outgoing> batch, absl::Duration timeout) = 0;
};

struct Incoming {
  std::string subject;
  std::string data;
  std::string reply;  // where its acknowledgement goes
};
// Pulls one durable consumer. Take and Ack from one thread; `notify` is called from a library thread, must not block.
class Puller {
 public:
  struct Options {
    std::string stream;
    std::string durable;
    int batch = 1000;                               // messages asked for at a time; at most two requests' worth is held in memory
    absl::Duration expires = absl::Seconds(5);      // how long the server keeps a request open
    std::function<void()> notify = [] {};           // something arrived, or the request ended
  };
  static absl::StatusOr<std::unique_ptr<Puller>> Make(Connection& connection, Options options);  // connection outlives it
  virtual ~Puller() = default;
  // At most `max` messages that have arrived, in arrival order; never waits. Keeps one request outstanding while there is room,
  // and asks again after one expired, was lost in a reconnect, or was refused. `consumer_missing()` turns true when the server says
  // that the consumer or stream does not exist (the owner then calls EnsureConsumer).
  virtual std::vector<Incoming> Take(size_t max) = 0;
  virtual bool consumer_missing() const = 0;
  // Acknowledges this message and all before it (AckAll).
  virtual absl::Status AckThrough(const Incoming& message) = 0;
};

}  // namespace tonghu::jetstream
