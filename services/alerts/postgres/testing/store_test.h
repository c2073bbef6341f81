// What tests of this service's statements share: its tables in a real PostgreSQL, empty before each test.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/directory/migrations.h"
#include "libs/ids/ids.h"
#include "libs/journal/migrations.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/postgres/keys.h"
#include "services/alerts/postgres/migrations.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::alerts {

inline constexpr char kCounty[] = "520324";
inline const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);
inline constexpr absl::CivilDay kMonday(2026, 9, 7);

// All files' tests are one suite: they share one PostgreSQL.
class StoreTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    Empty();
  }

  void Empty() {
    ASSERT_TRUE(
        db_->Script(
               "DELETE FROM child; DELETE FROM escalation_policy; DELETE FROM alert; "
               "DELETE FROM emergency; DELETE FROM absence; DELETE FROM concern; DELETE FROM school_term; "
               "DELETE FROM attendance_due; DELETE FROM notification")
            .ok());
  }

  // A UUID that stands for `name`; empty for an empty one.
  static std::string Id(const std::string& name) { return name.empty() ? "" : ids::Derived(name); }
  // The other way round, for names of up to two letters or digits and those of `others`.
  static std::string NameOf(const std::string& id) {
    static const auto* names = new absl::flat_hash_map<std::string, std::string>([] {
      absl::flat_hash_map<std::string, std::string> all;
      const std::string signs = "abcdefghijklmnopqrstuvwxyz0123456789";
      for (const char a : signs) {
        all[Id({a})] = {a};
        for (const char b : signs) all[Id({a, b})] = {a, b};
      }
      for (const char* name : {"resolved", "other", "taken_up", "emergency", "later", "absence"})
        all[Id(name)] = name;
      return all;
    }());
    const auto found = names->find(id);
    return found == names->end() ? "?" : found->second;
  }

  // Of alerts or children.
  static std::vector<Key> Keys(const std::vector<std::string>& ids) {
    std::vector<Key> keys;
    for (const std::string& id : ids) keys.emplace_back(kCounty, Id(id));
    return keys;
  }
  static DayKey Day(const std::string& id, absl::CivilDay day) { return {kCounty, id, day}; }

  static Alert NewAlert(const std::string& id, Kind kind = Kind::kEmergency) {
    return {.county = kCounty,
            .id = Id(id),
            .kind = kind,
            .child_id = Id("c1"),
            .place = {"s1", "520324104", 3, 1},
            .level = Level::kSchoolHead,
            .next_step = 1,
            .next_step_time = kNow + absl::Hours(1),
            .raise_time = kNow,
            .entries = {{.time = kNow, .action = Action::kRaised}}};
  }

  void Insert(const std::vector<Alert>& alerts) {
    std::vector<AlertRow> rows;
    for (const Alert& alert : alerts) rows.push_back({&alert, 0});
    const absl::Status inserted = InsertAlerts(*db_, 0, rows);
    ASSERT_TRUE(inserted.ok()) << inserted;
  }

  Alert Load(const std::string& id) {
    auto alerts = LoadAlerts(*db_, Keys({id}));
    EXPECT_TRUE(alerts.ok()) << alerts.status();
    EXPECT_EQ(alerts->size(), 1u);
    return alerts->empty() ? Alert() : alerts->front();
  }

  std::unique_ptr<postgres::Connection> db_;
};

}  // namespace tonghu::alerts
