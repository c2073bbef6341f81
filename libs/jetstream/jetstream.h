// NATS JetStream as Tonghu uses it: set-up of streams and consumers, bounded asynchronous publishing, and a
// pull loop of its own. The bus carries copies and the journal in PostgreSQL is the record, so every failure
// here is a reason to try again, never a loss.
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

// A connection that reconnects for ever. Opening one succeeds while the server is down. Thread-safe.
class Connection {
 public:
  struct Options {
    std::string url;   // "nats://127.0.0.1:4222"
    std::string name;  // shown by the server's monitoring
  };
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Options& options);
  virtual ~Connection() = default;

  virtual bool connected() const = 0;  // never waits
  // Ends the connection for good, so that a process can stop in time: whatever waits for the server ends
  // soon, with UNAVAILABLE. Idempotent.
  virtual void Close() = 0;
  // Sends `body` to `subject` ("$JS.API.STREAM.INFO.X") and waits for the answer. Errors: UNAVAILABLE (not
  // connected, lost meanwhile, no responders), DEADLINE_EXCEEDED, INVALID_ARGUMENT (a subject that is no word
  // of the protocol).
  virtual absl::StatusOr<std::string> Request(const std::string& subject, const std::string& body,
                                              absl::Duration timeout) = 0;
};

// The settings of a stream that EnsureStream keeps; an operator may set all others.
struct StreamSettings {
  std::string name;                   // "TONGHU"
  std::vector<std::string> subjects;  // {"tonghu.v1.>"}
  int64_t max_bytes = 1 << 30;        // oldest messages go first: consumers fill a gap from the journal
  absl::Duration duplicate_window = absl::Minutes(2);
};
// Makes the stream, or updates it when its settings differ. The number of replicas stays as an operator set
// it. Idempotent; safe from several processes at once. Errors: UNAVAILABLE, DEADLINE_EXCEEDED,
// INVALID_ARGUMENT, FAILED_PRECONDITION (the server refuses: subjects of another stream, no disk space
// granted).
absl::Status EnsureStream(Connection& connection, const StreamSettings& settings);

// The settings of a durable consumer that EnsureConsumer keeps.
struct ConsumerSettings {
  std::string stream;
  std::string durable;
  // Which subjects the consumer gets; none: all. One filter is fast. With two or more nats-server 2.10.27
  // delivers only some thousand messages a second from a stream with many subjects, so one filter with
  // wildcards is better.
  std::vector<std::string> filter_subjects;
  absl::Duration ack_wait = absl::Seconds(30);
  int max_ack_pending = 20000;
};
// Makes the durable pull consumer (AckAll, MaxDeliver -1, deliver all). When its filters differ, makes the
// consumer anew, from the stream's first message; readers drop what they have applied. Idempotent. Errors: as
// EnsureStream, and NOT_FOUND when the stream does not exist.
absl::Status EnsureConsumer(Connection& connection, const ConsumerSettings& settings);

// A message to publish.
struct Outgoing {
  std::string subject;
  std::string message_id;  // Nats-Msg-Id: the server drops repeats within the duplicate window
  std::string data;
};
// Publishes batches asynchronously, one batch at a time. Not thread-safe.
class Publisher {
 public:
  static absl::StatusOr<std::unique_ptr<Publisher>> Make(Connection& connection);  // connection outlives it
  virtual ~Publisher() = default;
  // Publishes all in order and waits for every acknowledgement. OK means that the server stored, or already
  // had, each message. An error means that the outcome is unknown: the whole batch is to be published again
  // later. Errors: UNAVAILABLE (at once when the connection is lost), DEADLINE_EXCEEDED (at most 2 s after
  // `timeout`, when a socket write blocks), NOT_FOUND when the stream is gone, and INVALID_ARGUMENT for what
  // no repeat can cure: a blank in a subject or id, a message over the server's limit (1 MiB).
  virtual absl::Status PublishAll(absl::Span<const Outgoing> batch, absl::Duration timeout) = 0;
};

// A message that arrived.
struct Incoming {
  std::string subject;
  std::string data;
  std::string reply;  // where its acknowledgement goes
};
// Pulls the messages of one durable consumer. Take and AckThrough are called from one thread. `notify` is
// called from a library thread; it must not block, nor wait for a lock held by whoever destroys the puller.
class Puller {
 public:
  struct Options {
    std::string stream;
    std::string durable;
    int batch =
        1000;  // messages asked for at a time (1 to 100,000); at most two requests' worth is held in memory
    absl::Duration expires = absl::Seconds(5);  // how long the server keeps a request open
    std::function<void()> notify = [] {};       // something arrived, or the request ended
    int64_t batch_bytes = 16 << 20;             // what a request may bring; at least 2 MiB, over any message
  };
  static absl::StatusOr<std::unique_ptr<Puller>> Make(Connection& connection,
                                                      Options options);  // connection outlives it
  virtual ~Puller() = default;
  // Gives at most `max` messages that have arrived, in arrival order; never waits. Take is also what makes
  // requests: it keeps one outstanding while there is room, and asks again after one expired, was lost in a
  // reconnect, or was refused (after a pause of 50 to 500 ms). So the owner calls Take after each notify
  // until it gives nothing, and every second or so without a notify.
  virtual std::vector<Incoming> Take(size_t max) = 0;
  // True when the server said that the consumer or its stream does not exist, until a message comes or a
  // request stands for half a second. The owner then calls EnsureConsumer.
  virtual bool consumer_missing() const = 0;
  // Acknowledges this message and all before it (AckAll), without waiting. Errors: UNAVAILABLE when not
  // connected; the server then delivers them again after ack_wait.
  virtual absl::Status AckThrough(const Incoming& message) = 0;
};

}  // namespace tonghu::jetstream
