// What access does when somebody leaves, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/ids/ids.h"
#include "libs/journal/event_run.h"
#include "libs/journal/migrations.h"
#include "services/access/events/consume.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/migrations.h"
#include "tests/harness/postgres_test.h"
#include "tonghu/access/events/v1/access_events.pb.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCounty[] = "520203";

class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'790'000'000); }
  bool is_virtual() const override { return true; }
};

class ConsumeLeftTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(db_->Script("GRANT TRUNCATE ON journal TO CURRENT_USER; TRUNCATE account, staff, left_staff, "
                            "journal, journal_head; INSERT INTO journal_head VALUES (0, 0)")
                    .ok());
    for (const char* staff : {"T1", "T2", ""}) {
      const std::string login = absl::StrCat("login-", staff);
      const Account account{.county = kCounty,
                            .id = ids::Derived(login),
                            .login = login,
                            .display_name = "赵永华",
                            .staff_id = staff,
                            .epoch = 3,
                            .password = "hash",
                            .password_time = clock_.Now(),
                            .create_time = clock_.Now()};
      ASSERT_EQ(InsertAccounts(*db_, {&account, 1})->size(), 1u);
    }
  }

  template <class Work>
  void InTransaction(Work work) {
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    ASSERT_TRUE(transaction->Enter({}).ok());
    const absl::Status worked = work(*transaction);
    ASSERT_TRUE(worked.ok()) << worked;
    const absl::Status committed = transaction->Commit();
    ASSERT_TRUE(committed.ok()) << committed;
  }
  void Hear(const std::string& staff, bool left, const std::string& county = kCounty) {
    registry::events::v1::StaffPut put;
    put.set_staff_id(staff);
    put.set_display_name("赵永华");
    put.set_left(left);
    journal::Event event;
    event.producer = "registry";
    event.type = "staff_put";
    event.county = county;
    event.key = staff;
    event.payload = put.SerializeAsString();
    const journal::Event* heard = &event;
    InTransaction([&](journal::ShardTransaction& transaction) { return Consume(transaction, {&heard, 1}); });
  }
  // "login epoch" of accounts that are disabled.
  std::vector<std::string> Disabled() {
    auto listed = ListAccounts(*db_, AccountPage{kCounty, "", 10});
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> disabled;
    for (const Account& one : listed.value_or(std::vector<Account>())) {
      if (one.disabled) disabled.push_back(absl::StrCat(one.login, " ", one.epoch));
    }
    return disabled;
  }
  // "login change" of what was said.
  std::vector<std::string> Said() {
    auto events = journal::ReadJournal(*db_, {"access", 0, 1, 100});
    EXPECT_TRUE(events.ok()) << events.status();
    std::vector<std::string> said;
    for (const journal::Event& event : events.value_or(std::vector<journal::Event>())) {
      events::v1::AccountPut put;
      EXPECT_TRUE(event.type == "account_put" && put.ParseFromString(event.payload));
      said.push_back(absl::StrCat(put.login(), " ", put.change()));
    }
    return said;
  }

  std::unique_ptr<postgres::Connection> db_;
  const FixedClock clock_;
};

TEST_F(ConsumeLeftTest, TheAccountOfSomebodyWhoHasLeftIsDisabled) {
  Hear("T1", false);
  Hear("T1", true, "520324");
  EXPECT_THAT(Disabled(), IsEmpty()) << "another county's T1";
  Hear("T1", true);
  EXPECT_THAT(Disabled(), ElementsAre("login-T1 4")) << "sessions of the epoch before are over";
  Hear("T1", true);
  EXPECT_THAT(Disabled(), ElementsAre("login-T1 4"));
  EXPECT_THAT(Said(), ElementsAre("login-T1 disabled"));
  EXPECT_THAT(*LoadStaffNames(*db_, {{kCounty, "T1"}}), IsEmpty()) << "no account is made for them";
}

TEST_F(ConsumeLeftTest, WhoComesBackIsEnabledByHand) {
  Hear("T1", true);
  EXPECT_TRUE(HasLeft(*db_, {kCounty, "T1"}).value());
  EXPECT_FALSE(HasLeft(*db_, {kCounty, "T2"}).value());
  Hear("T1", false);
  EXPECT_FALSE(HasLeft(*db_, {kCounty, "T1"}).value());
  EXPECT_THAT(Disabled(), ElementsAre("login-T1 4"));
}

}  // namespace
}  // namespace tonghu::access
