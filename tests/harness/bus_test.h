// What tests of the bus share: a running server, a connection, a stream, and waiting without sleeps.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/nats_connection.h"
#include "tests/harness/nats_server.h"

namespace tonghu::harness {

// Set by one thread, awaited (bounded) by another; a wait consumes it.
class Signal {
 public:
  void Set() {
    absl::MutexLock lock(&mutex_);
    set_ = true;
  }
  bool Wait(absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    const bool was = mutex_.AwaitWithTimeout(absl::Condition(&set_), timeout);
    set_ = false;
    return was;
  }

 private:
  absl::Mutex mutex_;
  bool set_ = false;
};

class BusTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.Start()) << "these tests need nats-server 2.10.27 or newer on PATH";
    Connect();
  }

  void Connect() {
    auto connection = jetstream::NatsConnection::Open({server_.url(), "test"});
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = std::move(*connection);
    connection_->AddListener([this](bool connected) { (connected ? up_ : down_).Set(); });
  }

  bool AwaitConnected() {
    return connection_->connected() || (up_.Wait(absl::Seconds(10)) && connection_->connected());
  }

  static jetstream::StreamSettings Stream() {
    return {.name = "T", .subjects = {"t.>"}, .max_bytes = 256 << 20};
  }
  static jetstream::ConsumerSettings Consumer(std::vector<std::string> filters = {"t.>"}) {
    return {.stream = "T", .durable = "d", .filter_subjects = std::move(filters)};
  }

  static std::vector<jetstream::Outgoing> Batch(int from, int count, const std::string& subject = "t.a") {
    std::vector<jetstream::Outgoing> batch;
    for (int i = from; i < from + count; ++i)
      batch.push_back({subject, absl::StrCat("id-", i), absl::StrCat(i)});
    return batch;
  }

  std::unique_ptr<jetstream::Puller> MakePuller(int batch = 1000, absl::Duration expires = absl::Seconds(2)) {
    auto puller =
        jetstream::Puller::Make(*connection_, {"T", "d", batch, expires, [this] { arrived_.Set(); }});
    EXPECT_TRUE(puller.ok()) << puller.status();
    return puller.ok() ? std::move(*puller) : nullptr;
  }

  // Takes until `count` messages are there or `timeout` is over.
  std::vector<jetstream::Incoming> TakeAll(jetstream::Puller& puller, size_t count,
                                           absl::Duration timeout = absl::Seconds(10)) {
    std::vector<jetstream::Incoming> all;
    const absl::Time deadline = absl::Now() + timeout;
    while (all.size() < count && absl::Now() < deadline) {
      auto some = puller.Take(500);
      if (some.empty()) arrived_.Wait(absl::Milliseconds(100));
      for (auto& m : some) all.push_back(std::move(m));
    }
    return all;
  }

  // Publishes with repeats until it works or `timeout` is over.
  absl::Status PublishUntilOk(jetstream::Publisher& publisher, const std::vector<jetstream::Outgoing>& batch,
                              absl::Duration timeout) {
    const absl::Time deadline = absl::Now() + timeout;
    absl::Status s;
    do {
      s = publisher.PublishAll(batch, absl::Seconds(5));
      if (!s.ok()) up_.Wait(absl::Milliseconds(100));
    } while (!s.ok() && absl::Now() < deadline);
    return s;
  }

  Signal up_, down_, arrived_;
  NatsServer server_;
  std::unique_ptr<jetstream::NatsConnection> connection_;
};

}  // namespace tonghu::harness
