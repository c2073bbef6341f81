#include "libs/fleet/quiet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::fleet {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'788'000'000);

void SetSwept(journal::v1::ShardStatus* shard, absl::Time time) {
  shard->mutable_swept_through()->set_seconds(absl::ToUnixSeconds(time));
  shard->mutable_swept_through()->set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(absl::ToUnixSeconds(time)))));
}

// A replica that works shard 1 of two, with everything done.
ReplicaLook Replica(const std::string& service, int64_t head, int leased) {
  journal::v1::JournalStatus status;
  status.set_service(service);
  status.set_bus_connected(true);
  for (int number = 0; number < 2; ++number) {
    auto* shard = status.add_shards();
    shard->set_shard(number);
    shard->set_head_seq(number == 1 ? head : 0);
    shard->set_relayed_seq(shard->head_seq());
    if (number == leased || leased < 0) {
      shard->set_leased(true);
      SetSwept(shard, kNow);
    }
  }
  return {service, service + ":1", status, kNow, kNow};
}

void SetCursor(ReplicaLook& replica, const std::string& producer, int64_t seq) {
  auto* cursor = replica.status->mutable_shards(1)->add_cursors();
  cursor->set_producer(producer);
  cursor->set_seq(seq);
}

// registry (two replicas, a shard each) said 7 events, pairing has applied them and said 3.
Look QuietSystem() {
  Look look = {Replica("registry", 7, 0), Replica("registry", 7, 1), Replica("pairing", 3, -1)};
  SetCursor(look[2], "registry", 7);
  return look;
}

TEST(QuietTest, AllDoneIsQuiet) { EXPECT_EQ(WhyNotQuiet(QuietSystem(), kNow), ""); }

TEST(QuietTest, AReplicaThatDoesNotAnswerIsNamed) {
  Look look = QuietSystem();
  look[1].status = absl::UnavailableError("refused");
  EXPECT_THAT(WhyNotQuiet(look, kNow), HasSubstr("registry at registry:1 does not answer"));
}

TEST(QuietTest, CommandsInFlight) {
  Look look = QuietSystem();
  look[2].status->set_commands_in_flight(2);
  EXPECT_EQ(WhyNotQuiet(look, kNow), "pairing: 2 commands in flight");
}

TEST(QuietTest, AnEventNotYetAppliedNamesShardAndProducer) {
  Look look = QuietSystem();
  look[2].status->mutable_shards(1)->mutable_cursors(0)->set_seq(6);
  EXPECT_EQ(WhyNotQuiet(look, kNow), "pairing shard 1: applied 6 of registry's 7 events");
}

TEST(QuietTest, AMissingCursorCountsAsNothingApplied) {
  Look look = QuietSystem();
  look[2].status->mutable_shards(1)->clear_cursors();
  EXPECT_EQ(WhyNotQuiet(look, kNow), "pairing shard 1: applied 0 of registry's 7 events");
}

TEST(QuietTest, AProducerThatIsNotPartOfTheStackIsNotWaitedFor) {
  Look look = {Replica("pairing", 3, -1)};
  SetCursor(look[0], "registry", 7);
  EXPECT_EQ(WhyNotQuiet(look, kNow), "");
}

TEST(QuietTest, EventsNotOnTheBusCountOnlyWhileItIsConnected) {
  Look look = QuietSystem();
  look[2].status->mutable_shards(1)->set_relayed_seq(1);
  EXPECT_EQ(WhyNotQuiet(look, kNow), "pairing shard 1: 1 of its 3 events are on the bus");
  look[2].status->set_bus_connected(false);
  EXPECT_EQ(WhyNotQuiet(look, kNow), "");
}

TEST(QuietTest, DeadlinesMustHaveFiredThroughExactlyNow) {
  Look look = QuietSystem();
  SetSwept(look[2].status->mutable_shards(0), kNow - absl::Microseconds(1));
  EXPECT_THAT(WhyNotQuiet(look, kNow), HasSubstr("pairing shard 0: deadlines fired through"));
  EXPECT_EQ(WhyNotQuiet(look, std::nullopt), "") << "on a system clock deadlines are not looked at";
  look[2].status->mutable_shards(0)->clear_swept_through();
  EXPECT_THAT(WhyNotQuiet(look, kNow), HasSubstr("fired through nothing"));
}

TEST(QuietTest, EveryShardMustBeWorkedBySomebody) {
  Look look = QuietSystem();
  look[0].status->mutable_shards(0)->set_leased(false);
  EXPECT_EQ(WhyNotQuiet(look, kNow), "registry shard 0: no replica works it");
}

TEST(QuietTest, ADistrustedClockIsSaid) {
  Look look = QuietSystem();
  look[0].status->set_clock_distrusted("the wall clock jumped");
  EXPECT_THAT(WhyNotQuiet(look, kNow), HasSubstr("the wall clock jumped"));
}

TEST(QuietTest, HeadsTakeTheNewestOfAllReplicas) {
  Look look = QuietSystem();
  const std::string before = HeadsOf(look);
  look[1].status->mutable_shards(1)->set_head_seq(8);
  EXPECT_NE(HeadsOf(look), before);
  look[1].status->mutable_shards(1)->set_head_seq(6);
  EXPECT_EQ(HeadsOf(look), before);
}

TEST(QuietTest, WaitingForNobodyEndsWithUnavailable) {
  client::Endpoints endpoints;
  endpoints.replicas["registry"] = {"127.0.0.1:1"};
  const absl::Status waited = Quiet(endpoints).Wait(kNow, absl::Milliseconds(50));
  EXPECT_EQ(waited.code(), absl::StatusCode::kUnavailable) << waited;
  EXPECT_THAT(std::string(waited.message()), HasSubstr("registry at 127.0.0.1:1"));
}

}  // namespace
}  // namespace tonghu::fleet
