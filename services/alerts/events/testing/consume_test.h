// What tests of consumed events share: a journal that is empty before each test, a clock that stands, and
// alerts as they are listed.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/journal/event.h"
#include "libs/metrics/metrics.h"
#include "services/alerts/app/context.h"
#include "services/alerts/events/consume.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {

class ConsumeTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(db_->Script("GRANT DELETE ON journal TO CURRENT_USER; DELETE FROM journal; DELETE FROM "
                            "journal_head; INSERT INTO journal_head SELECT 0, 0")
                    .ok());
  }

  // An event of pairing about a child.
  static journal::Event EventOf(const std::string& child, const std::string& type, std::string payload) {
    journal::Event event;
    event.producer = "pairing";
    event.county = kCounty;
    event.key = Id(child);
    event.type = type;
    event.payload = std::move(payload);
    return event;
  }

  // Consumes the events in one transaction at kNow.
  absl::Status Hear(const std::vector<journal::Event>& events) {
    std::vector<const journal::Event*> batch;
    for (const journal::Event& event : events) batch.push_back(&event);
    auto transaction = journal::ShardTransaction::Begin(*db_, 0, clock_);
    if (!transaction.ok()) return transaction.status();
    const absl::Status done = Consume(*transaction, context_, batch);
    return done.ok() ? transaction->Commit() : done;
  }

  // The child's alerts, without their entries.
  std::vector<Alert> Alerts(const std::string& child) {
    auto alerts =
        ListAlerts(*db_, {.county = kCounty, .child_id = Id(child), .within = {.everything = true}}, "", 100);
    EXPECT_TRUE(alerts.ok()) << alerts.status();
    return alerts.ok() ? *std::move(alerts) : std::vector<Alert>();
  }

 private:
  class FixedClock final : public clock::Clock {
   public:
    absl::Time Now() const override { return kNow; }
    bool is_virtual() const override { return true; }
  };

  FixedClock clock_;
  ids::SeededSource ids_{7};
  metrics::Metrics metrics_;
  Counters counters_{metrics_};
  Context context_{Channel::kWebhook, ids_, counters_};
};

}  // namespace tonghu::alerts
