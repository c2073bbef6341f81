// The one implementation of Connection, as the other parts of this library see it. Thread-safe.
#pragma once

#include <nats/nats.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "libs/jetstream/jetstream.h"

namespace tonghu::jetstream {

class NatsConnection final : public Connection {
 public:
  static absl::StatusOr<std::unique_ptr<NatsConnection>> Open(const Options& options);
  ~NatsConnection() override;  // waits (bounded) for libnats' last callback
  NatsConnection(const NatsConnection&) = delete;
  NatsConnection& operator=(const NatsConnection&) = delete;

  bool connected() const override;
  void Close() override { natsConnection_Close(raw_); }
  absl::StatusOr<std::string> Request(const std::string& subject, const std::string& body,
                                      absl::Duration timeout) override;

  natsConnection* raw() const { return raw_; }
  // How often the connection was lost. A request made under another number gets no answer any more.
  uint64_t losses() const;
  // Calls `listener(true)` after each (re)connect and `listener(false)` after each loss, from a libnats
  // thread, one call at a time. Gives an id for RemoveListener, which returns when no call to the listener is
  // running or will come.
  int AddListener(std::function<void(bool connected)> listener);
  void RemoveListener(int id);

 private:
  struct Events;
  NatsConnection() = default;

  std::unique_ptr<Events> events_;
  natsConnection* raw_ = nullptr;
};

// The implementation behind `connection`. Errors: INVALID_ARGUMENT for any other implementation (a test's
// fake).
absl::StatusOr<NatsConnection*> AsNats(Connection& connection);

// The absl::Status for a status of libnats. `doing` says what was tried and goes before the text.
absl::Status FromNats(natsStatus status, const char* doing);

// Whether `text` can stand as one word of the NATS protocol (a subject, a reply): not empty, no blanks or
// control characters.
bool IsProtocolWord(const std::string& text);

}  // namespace tonghu::jetstream
