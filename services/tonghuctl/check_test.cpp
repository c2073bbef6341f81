#include "services/tonghuctl/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "libs/clock/timestamp.h"
#include "libs/forms/typed.h"

namespace tonghu::tonghuctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'788'000'000);

fleet::ReplicaLook Replica(const std::string& service, int number, int64_t head) {
  journal::v1::JournalStatus status;
  status.set_service(service);
  status.set_replica(service + "-" + std::to_string(number));
  status.set_bus_connected(true);
  *status.mutable_now() = clock::ToTimestamp(kNow);
  auto* shard = status.add_shards();
  shard->set_head_seq(head);
  shard->set_relayed_seq(head);
  shard->set_leased(number == 1);
  return {service, "127.0.0.1:" + std::to_string(number), status, kNow, kNow};
}

void SetApplied(fleet::ReplicaLook& replica, const std::string& producer, int64_t seq) {
  auto* cursor = replica.status->mutable_shards(0)->add_cursors();
  cursor->set_producer(producer);
  cursor->set_seq(seq);
}

fleet::Look Good() {
  fleet::Look look = {Replica("pairing", 1, 3), Replica("pairing", 2, 3), Replica("registry", 1, 7)};
  SetApplied(look[0], "registry", 7);
  return look;
}

std::vector<std::string> Wrong(const std::vector<Check>& checks) {
  std::vector<std::string> wrong;
  for (const Check& check : checks) {
    if (!check.good) wrong.push_back(check.what);
    EXPECT_EQ(check.good, check.remedy.empty()) << check.what;
  }
  return wrong;
}

TEST(CheckTest, NothingWrong) {
  EXPECT_THAT(Wrong(CheckReplicas(Good(), {true, true, true})), IsEmpty());
  EXPECT_THAT(Wrong(CheckWork(Good(), Good())), IsEmpty());
  EXPECT_TRUE(CheckClocks(Good(), {}).good);
  EXPECT_TRUE(CheckClocks(Good(), std::pair(kNow, kNow)).good);
}

TEST(CheckTest, TellsADeadProcessFromADeadDatabase) {
  fleet::Look look = Good();
  look[1].status = absl::UnavailableError("no connection");
  const auto dead = CheckReplicas(look, {true, false, true});
  ASSERT_THAT(Wrong(dead), ElementsAre("pairing（127.0.0.1:2） 应答"));
  EXPECT_THAT(dead[2].remedy, HasSubstr("重新启动 pairing"));
  EXPECT_THAT(CheckReplicas(look, {true, true, true})[2].remedy, HasSubstr("PostgreSQL"));
}

TEST(CheckTest, ACertificateThatSoonRunsOutIsSaid) {
  fleet::Look look = Good();
  const auto ends = [&look](int replica, absl::Duration after) {
    *look[replica].status->mutable_certificate_expire_time() = clock::ToTimestamp(kNow + after);
  };
  const absl::Time own = kNow + absl::Hours(24 * 90);
  EXPECT_TRUE(CheckCertificates(look, own, kNow).good) << "none known but this program's";
  ends(0, absl::Hours(24 * 8));
  ends(2, absl::Hours(24 * 9));
  const Check good = CheckCertificates(look, own, kNow);
  EXPECT_TRUE(good.good);
  EXPECT_THAT(good.found, HasSubstr("pairing-1"));
  ends(2, absl::Hours(24 * 7));
  const Check soon = CheckCertificates(look, own, kNow);
  EXPECT_FALSE(soon.good);
  EXPECT_THAT(soon.found, HasSubstr("registry-1"));
  EXPECT_THAT(soon.remedy, HasSubstr("certs renew"));
  EXPECT_FALSE(CheckCertificates(look, kNow - absl::Hours(1), kNow).good) << "this program's own";
}

TEST(CheckTest, SaysWhichReplicaLostTheBus) {
  fleet::Look look = Good();
  look[2].status->set_bus_connected(false);
  EXPECT_THAT(Wrong(CheckReplicas(look, {true, true, true})), ElementsAre("registry-1 与 NATS 连接"));
}

TEST(CheckTest, LagCountsWhatStoodThereAtTheFirstLook) {
  const fleet::Look first = Good();
  fleet::Look last = Good();
  last[2].status->mutable_shards(0)->set_head_seq(9);
  last[2].status->mutable_shards(0)->set_relayed_seq(7);
  EXPECT_THAT(Wrong(CheckWork(first, last)), IsEmpty()) << "two newer events may still be on their way";
  EXPECT_THAT(Wrong(CheckWork(last, last)),
              ElementsAre("pairing 处理 registry 的事件", "registry 事件上总线"));
}

TEST(CheckTest, LeasesClocksAndQuarantine) {
  fleet::Look look = Good();
  look[0].status->mutable_shards(0)->set_leased(false);
  look[1].status->set_clock_distrusted("the wall clock jumped by 1h");
  look[2].status->set_quarantined(2);
  EXPECT_THAT(Wrong(CheckWork(look, look)),
              ElementsAre("pairing 各分片有人处理", "pairing 时钟与数据库一致", "registry 隔离区"));
}

TEST(CheckTest, SkewBeyondTwoSecondsAndBeyondTheAskingItself) {
  fleet::Look look = Good();
  *look[1].status->mutable_now() = clock::ToTimestamp(kNow + absl::Milliseconds(1999));
  EXPECT_TRUE(CheckClocks(look, {}).good);
  *look[1].status->mutable_now() = clock::ToTimestamp(kNow + absl::Milliseconds(2100));
  EXPECT_FALSE(CheckClocks(look, {}).good);
  look[1].answered = kNow + absl::Seconds(2);
  EXPECT_TRUE(CheckClocks(look, {}).good) << "a slow answer may have been given late";
}

TEST(CheckTest, AReplicaOnAnotherClock) {
  fleet::Look look = Good();
  *look[2].status->mutable_now() = clock::ToTimestamp(kNow + absl::Seconds(1));
  EXPECT_THAT(CheckClocks(look, std::pair(kNow, kNow)).found, HasSubstr("registry-1"));
  EXPECT_TRUE(CheckClocks(look, std::pair(kNow, kNow + absl::Seconds(1))).good)
      << "the clock moved meanwhile";
}

TEST(CheckTest, AChildNobodyWillTalkWith) {
  pairing::v1::ListUncoveredChildrenResponse uncovered;
  EXPECT_THAT(Wrong({CheckCovered(uncovered)}), IsEmpty());
  pairing::v1::UncoveredChild* child = uncovered.add_uncovered_children();
  child->set_child("counties/520324/children/c1");
  child->set_reason(pairing::v1::UNCOVERED_REASON_NO_CALENDAR);
  EXPECT_THAT(Wrong({CheckCovered(uncovered)}), ElementsAre("每名儿童都有人负责"));
  EXPECT_THAT(CheckCovered(uncovered).remedy, HasSubstr("--county 520324"));
  EXPECT_THAT(Wrong({CheckCovered(absl::UnavailableError("away"))}), ElementsAre("每名儿童都有人负责"));
}

}  // namespace
}  // namespace tonghu::tonghuctl
