#include <thread>

#include "nlohmann/json.hpp"
#include "tests/harness/bus_test.h"

namespace tonghu::jetstream {
namespace {

using harness::BusTest;

class StreamTest : public BusTest {
 protected:
  nlohmann::json Config(const std::string& api) {
    auto text = connection_->Request("$JS.API." + api, "", absl::Seconds(5));
    return text.ok() ? nlohmann::json::parse(*text).value("config", nlohmann::json::object())
                     : nlohmann::json::object();
  }
};

TEST_F(StreamTest, MakesThenLeavesThenUpdates) {
  ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
  const auto made = Config("STREAM.INFO.T");
  EXPECT_EQ(made["discard"], "old");
  EXPECT_EQ(made["storage"], "file");
  EXPECT_EQ(made["max_age"], 0);
  ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
  auto bigger = Stream();
  bigger.max_bytes *= 2;
  bigger.subjects = {"t.>", "u.>"};
  ASSERT_TRUE(EnsureStream(*connection_, bigger).ok());
  EXPECT_EQ(Config("STREAM.INFO.T")["max_bytes"], bigger.max_bytes);
  EXPECT_EQ(Config("STREAM.INFO.T")["subjects"].size(), 2u);
}

TEST_F(StreamTest, SeveralMakersAtOnceAgree) {
  std::vector<std::thread> makers;
  std::vector<absl::Status> results(6);
  for (auto& result : results) {
    makers.emplace_back([&] {
      result = EnsureStream(*connection_, Stream());
      if (result.ok()) result = EnsureConsumer(*connection_, Consumer({"t.a", "t.b"}));
    });
  }
  for (auto& maker : makers) maker.join();
  for (const auto& result : results) EXPECT_TRUE(result.ok()) << result;
}

TEST_F(StreamTest, ConsumerFiltersSeveralSubjects) {
  ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer({"t.*.1.>", "t.*.3.>"})).ok());
  auto publisher = Publisher::Make(*connection_);
  ASSERT_TRUE(publisher.ok());
  std::vector<Outgoing> batch;
  for (int shard = 0; shard < 5; ++shard) {
    batch.push_back({absl::StrCat("t.p.", shard, ".x"), absl::StrCat("s", shard), absl::StrCat(shard)});
  }
  ASSERT_TRUE((*publisher)->PublishAll(batch, absl::Seconds(5)).ok());
  auto puller = MakePuller();
  const auto got = TakeAll(*puller, 2);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].subject, "t.p.1.x");
  EXPECT_EQ(got[1].data, "3");
}

TEST_F(StreamTest, ConsumerWithOtherFiltersIsMadeAnewAndWithOtherLimitsUpdated) {
  ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
  auto publisher = Publisher::Make(*connection_);
  ASSERT_TRUE((*publisher)->PublishAll(Batch(0, 10), absl::Seconds(5)).ok());
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer({"t.b"})).ok());
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer({"t.b", "t.a"})).ok());
  auto puller = MakePuller();
  const auto got = TakeAll(*puller, 10);
  EXPECT_EQ(got.size(), 10u) << "starts from the first message again";
  EXPECT_TRUE(puller->AckThrough(got.back()).ok());

  auto slower = Consumer({"t.a", "t.b"});
  slower.ack_wait = absl::Seconds(60);
  slower.max_ack_pending = 500;
  ASSERT_TRUE(EnsureConsumer(*connection_, slower).ok());
  const auto config = Config("CONSUMER.INFO.T.d");
  EXPECT_EQ(config["max_ack_pending"], 500);
  EXPECT_EQ(config["ack_policy"], "all");
  EXPECT_EQ(config["filter_subjects"].size(), 2u);
  EXPECT_EQ(config["max_deliver"], -1);
}

TEST_F(StreamTest, RefusesBadNamesAndMissingStreams) {
  EXPECT_EQ(EnsureStream(*connection_, {.name = "a.b", .subjects = {"t"}}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(EnsureConsumer(*connection_, Consumer()).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tonghu::jetstream
