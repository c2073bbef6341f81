#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/alerts/postgres/outbox_rows.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using enum NotificationState;

class OutboxTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto life = BeginSenderLife(*db_);
    ASSERT_TRUE(life.ok()) << life.status();
    life_ = *life;
  }

  // Messages to staff "t1", "t2", … about an alert.
  void Tell(const std::string& alert, int count, Kind kind = Kind::kEmergency,
            Channel channel = Channel::kWebhook) {
    std::vector<Notification> notifications;
    for (int i = 1; i <= count; ++i) {
      notifications.push_back({.county = kCounty,
                               .id = absl::StrCat(Id(alert), "-1-", i),
                               .alert_id = Id(alert),
                               .kind = kind,
                               .staff_id = absl::StrCat("t", i),
                               .level = Level::kSchoolHead,
                               .make_time = kNow + absl::Seconds(i)});
    }
    const absl::Status inserted = InsertNotifications(*db_, channel, notifications);
    ASSERT_TRUE(inserted.ok()) << inserted;
  }

  std::vector<Notification> Claim(int limit = 100, Rank rank = Rank::kUrgent) {
    auto claimed = ClaimNotifications(*db_, life_, rank, kNow + absl::Hours(1), limit);
    EXPECT_TRUE(claimed.ok()) << claimed.status();
    return *claimed;
  }

  static std::vector<std::string> IdsOf(const std::vector<Notification>& all) {
    std::vector<std::string> ids;
    for (const Notification& one : all)
      ids.push_back(NameOf(one.alert_id) + one.id.substr(one.alert_id.size()));
    return ids;
  }

  // Staff and state of an alert's messages with one purpose.
  std::vector<std::pair<std::string, NotificationState>> Messages(const std::string& alert, Purpose purpose) {
    auto all = ListNotifications(*db_, kCounty, Id(alert), 100);
    EXPECT_TRUE(all.ok()) << all.status();
    std::vector<std::pair<std::string, NotificationState>> found;
    for (const Notification& one : *all) {
      if (one.purpose == purpose) found.emplace_back(one.staff_id, one.state);
    }
    return found;
  }

  void End(const std::string& alert, Channel channel = Channel::kWebhook) {
    ASSERT_TRUE(db_->Run("UPDATE alert SET state = 3, next_step_time = NULL WHERE alert_id = $1",
                         postgres::Params().Uuid(Id(alert)))
                    .ok());
    const absl::Status ended =
        EndNotifications(*db_, channel, {{{kCounty, Id(alert)}, 2, kNow + absl::Minutes(5)}});
    ASSERT_TRUE(ended.ok()) << ended;
  }

  void Outcome(Notification notification, NotificationState state) {
    notification.state = state;
    const absl::Status stored = GiveBack(*db_, life_, notification);
    ASSERT_TRUE(stored.ok()) << stored;
  }

  int life_ = 0;
};

TEST_F(OutboxTest, OnlyAlertsOwnMessagesAreListedAndCounted) {
  Tell("a", 2);
  Tell("a1", 1);
  auto listed = ListNotifications(*db_, kCounty, Id("a"), 10);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_THAT(IdsOf(*listed), ElementsAre("a-1-1", "a-1-2"));
  EXPECT_EQ(listed->front().channel, "webhook");
  EXPECT_EQ(listed->front().make_time, kNow + absl::Seconds(1));
  EXPECT_EQ(ListNotifications(*db_, kCounty, Id("a"), 1)->size(), 1u);
  auto counts = CountNotifications(*db_, Keys({"a", "a1", "a", "none"}));
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->size(), 2u);
  for (const Delivery& delivery : *counts)
    EXPECT_EQ(delivery.pending, delivery.alert.second == Id("a") ? 2 : 1);
}

TEST_F(OutboxTest, AClaimIsOneSendersUntilItsConnectionEnds) {
  Tell("a", 3);
  auto other = Open();
  const auto other_life = BeginSenderLife(*other);
  ASSERT_TRUE(other_life.ok()) << other_life.status();
  EXPECT_NE(*other_life, life_);
  const auto theirs = ClaimNotifications(*other, *other_life, Rank::kUrgent, kNow + absl::Hours(1), 2);
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_THAT(IdsOf(*theirs), UnorderedElementsAre("a-1-1", "a-1-2")) << "the longest due";
  EXPECT_THAT(IdsOf(Claim()), ElementsAre("a-1-3"));
  EXPECT_THAT(IdsOf(Claim()), IsEmpty());
  other.reset();
  std::vector<std::string> freed;
  // PostgreSQL notices the end a moment later, long before a claim lapses.
  for (const absl::Time end = absl::Now() + absl::Seconds(5); freed.size() < 2 && absl::Now() < end;) {
    for (const std::string& id : IdsOf(Claim())) freed.push_back(id);
  }
  EXPECT_THAT(freed, UnorderedElementsAre("a-1-1", "a-1-2"));
}

TEST_F(OutboxTest, AClaimLapsesThoughItsConnectionLasts) {
  Tell("a", 1);
  auto frozen = Open();
  const auto life = BeginSenderLife(*frozen);
  ASSERT_EQ(ClaimNotifications(*frozen, *life, Rank::kUrgent, kNow + absl::Hours(1), 1)->size(), 1u);
  EXPECT_THAT(Claim(), IsEmpty());
  ASSERT_TRUE(db_->Script("UPDATE notification SET claim_time = claim_time - interval '7 s'").ok());
  std::vector<Notification> claimed = Claim();
  ASSERT_EQ(claimed.size(), 1u);
  Insert({NewAlert("a")});
  Notification late = claimed[0];
  EXPECT_FALSE(BeginAttempt(*frozen, *life, late)->has_value()) << "it is another's now";
  EXPECT_TRUE(BeginAttempt(*db_, life_, claimed[0])->has_value());
}

TEST_F(OutboxTest, RanksAndTimesAreKeptApart) {
  Tell("a", 1);
  Tell("b", 1, Kind::kAbsence);
  EXPECT_THAT(*ClaimNotifications(*db_, life_, Rank::kUsual, kNow, 10), IsEmpty()) << "not due yet";
  EXPECT_THAT(IdsOf(Claim(10, Rank::kUsual)), ElementsAre("b-1-1"));
  EXPECT_THAT(IdsOf(Claim(10, Rank::kUrgent)), ElementsAre("a-1-1"));
}

TEST_F(OutboxTest, RacingSendersClaimEachMessageOnce) {
  constexpr int kMessages = 300;
  Tell("a", kMessages);
  std::vector<std::string> claimed[2];
  std::vector<std::thread> racers;
  for (auto& mine : claimed) {
    racers.emplace_back([&mine] {
      auto db = Open();
      const auto life = BeginSenderLife(*db);
      // Until all are claimed by somebody; the connection ends behind it.
      for (int empty = 0; empty < 3;) {
        const auto some = ClaimNotifications(*db, *life, Rank::kUrgent, kNow + absl::Hours(1), 7);
        empty = some.ok() && !some->empty() ? 0 : empty + 1;
        for (const Notification& one : *some) {
          mine.push_back(one.id);
          Notification sent = one;
          sent.state = kSent;
          EXPECT_TRUE(GiveBack(*db, *life, sent).ok());
        }
      }
    });
  }
  for (std::thread& racer : racers) racer.join();
  std::set<std::string> all(claimed[0].begin(), claimed[0].end());
  all.insert(claimed[1].begin(), claimed[1].end());
  EXPECT_EQ(claimed[0].size() + claimed[1].size(), static_cast<size_t>(kMessages)) << "none twice";
  EXPECT_EQ(all.size(), static_cast<size_t>(kMessages)) << "all of them";
}

TEST_F(OutboxTest, AnAttemptIsCountedAndSaysWhereTheAlertStands) {
  Alert alert = NewAlert("a");
  alert.state = State::kAcknowledged;
  Insert({alert});
  Tell("a", 1);
  Notification claimed = Claim().at(0);
  EXPECT_EQ(claimed.attempts, 0) << "to claim is not to try";
  auto state = BeginAttempt(*db_, life_, claimed);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(*state, State::kAcknowledged);
  EXPECT_EQ(claimed.attempts, 1);
  claimed.next_attempt_time = kNow + absl::Hours(2);
  claimed.last_error = "HTTP 503";
  Outcome(claimed, kPending);
  EXPECT_THAT(Claim(), IsEmpty()) << "not before its time";
  EXPECT_EQ(ListNotifications(*db_, kCounty, Id("a"), 1)->front().last_error, "HTTP 503");
}

TEST_F(OutboxTest, WhatIsWithdrawnIsNotTried) {
  Insert({NewAlert("a")});
  Tell("a", 2);
  Notification claimed = Claim(1).at(0);
  ASSERT_TRUE(WithdrawNotifications(*db_, Keys({"a"})).ok());
  EXPECT_FALSE(BeginAttempt(*db_, life_, claimed)->has_value());
  EXPECT_THAT(Claim(), IsEmpty());
  EXPECT_THAT(Messages("a", Purpose::kTold),
              ElementsAre(std::pair("t1", kWithdrawn), std::pair("t2", kWithdrawn)));
}

TEST_F(OutboxTest, TheEndGoesToThoseWhoMayHaveBeenToldOnce) {
  Insert({NewAlert("a")});
  Tell("a", 4);
  std::vector<Notification> claimed = Claim(3);
  ASSERT_EQ(claimed.size(), 3u);
  std::sort(claimed.begin(), claimed.end(), [](const auto& x, const auto& y) { return x.id < y.id; });
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(BeginAttempt(*db_, life_, claimed[i])->has_value());
  Outcome(claimed[0], kSent);
  End("a");  // t2's is under way, t3's claimed only, t4's waits
  EXPECT_THAT(Messages("a", Purpose::kResolved),
              UnorderedElementsAre(std::pair("t1", kPending), std::pair("t2", kPending)));
  EXPECT_THAT(Claim(), IsEmpty()) << "not while a post about it is under way";
  Outcome(claimed[1], kPending);
  Outcome(claimed[2], kWithdrawn);
  EXPECT_THAT(Messages("a", Purpose::kTold),
              ElementsAre(std::pair("t1", kSent), std::pair("t2", kWithdrawn), std::pair("t3", kWithdrawn),
                          std::pair("t4", kWithdrawn)));
  std::vector<Notification> over = Claim();
  ASSERT_EQ(over.size(), 2u);
  EXPECT_EQ(*BeginAttempt(*db_, life_, over[0]), State::kResolved);
}

TEST_F(OutboxTest, TakenThoughWithdrawnMeanwhileIsSent) {
  Insert({NewAlert("a")});
  Tell("a", 1);
  Notification claimed = Claim().at(0);
  ASSERT_TRUE(BeginAttempt(*db_, life_, claimed)->has_value());
  End("a");
  Outcome(claimed, kSent);
  EXPECT_THAT(Messages("a", Purpose::kTold), ElementsAre(std::pair("t1", kSent)));
}

TEST_F(OutboxTest, WithoutAWebhookMessagesAreTakenByWhoWatches) {
  Insert({NewAlert("a"), NewAlert("b")});
  Tell("a", 2, Kind::kEmergency, Channel::kLive);
  Tell("b", 1, Kind::kEmergency, Channel::kLive);
  EXPECT_THAT(Claim(), IsEmpty()) << "nothing is to be posted";
  // Seen as it was when t1 was told; t2 was told later.
  auto taken =
      TakeNotifications(*db_, {{{kCounty, Id("a")}, kNow + absl::Seconds(1)}}, kNow + absl::Minutes(1));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(*taken, 1);
  EXPECT_THAT(Messages("a", Purpose::kTold), ElementsAre(std::pair("t1", kSent), std::pair("t2", kNotTaken)));
  End("a", Channel::kLive);
  End("b", Channel::kLive);
  EXPECT_THAT(Messages("a", Purpose::kResolved), ElementsAre(std::pair("t1", kNotTaken)));
  EXPECT_THAT(Messages("b", Purpose::kResolved), IsEmpty()) << "nobody was told";
  EXPECT_EQ(*TakeNotifications(*db_, {{{kCounty, Id("a")}, kNow + absl::Hours(1)}}, kNow), 1)
      << "t2; the end is no telling";
  EXPECT_THAT(Messages("a", Purpose::kResolved), ElementsAre(std::pair("t1", kSent)));
}

}  // namespace
}  // namespace tonghu::alerts
