#include "libs/rpc/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "libs/refusal/refusal.h"

namespace tonghu::rpc {
namespace {

using ::testing::HasSubstr;

class FaultsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)));
  }
  void TearDown() override { spdlog::set_default_logger(before_); }

  int Lines() const {
    const std::string text = lines_.str();
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }
  double Counted(const std::string& rpc, const std::string& code) {
    return metrics_
        .Counter("tonghu_faults_total", "Calls and items of batches that ended in a fault of ours",
                 {{"rpc", rpc}, {"code", code}})
        .Value();
  }

  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream lines_;
  metrics::Metrics metrics_;
  Faults faults_{"pairing", metrics_};
  const absl::Time now_ = absl::UnixEpoch();
};

TEST_F(FaultsTest, AFaultIsToldOnceWithServiceRpcShardAndStatus) {
  faults_.Report("CreateContact", 3, absl::InternalError("PostgreSQL 42P01"), now_);
  EXPECT_THAT(lines_.str(), HasSubstr("service=pairing rpc=CreateContact shard=3"));
  EXPECT_THAT(lines_.str(), HasSubstr("INTERNAL: PostgreSQL 42P01"));
  EXPECT_EQ(Lines(), 1);
  EXPECT_EQ(Counted("CreateContact", "INTERNAL"), 1);
}

TEST_F(FaultsTest, RefusalsAndOutagesAreNoFaults) {
  faults_.Report("GetDuty", -1, absl::OkStatus(), now_);
  faults_.Report("GetDuty", -1, absl::UnavailableError("away"), now_);
  faults_.Report("GetDuty", -1, absl::CancelledError("left"), now_);
  faults_.Report("GetDuty", -1, refusal::NotFound("DUTY_NOT_FOUND", "name", "no", "无"), now_);
  EXPECT_EQ(lines_.str(), "");
}

TEST_F(FaultsTest, AStormIsCountedInFullAndWrittenInPart) {
  for (int i = 0; i < 1000; ++i) faults_.Report("CreateContact", 3, absl::InternalError("same"), now_);
  faults_.Report("CreateContact", 3, absl::InternalError("another"), now_);
  EXPECT_EQ(Lines(), 11);
  EXPECT_EQ(Counted("CreateContact", "INTERNAL"), 1001);
  faults_.Report("CreateContact", 3, absl::InternalError("same"), now_ + absl::Minutes(2));
  EXPECT_EQ(Lines(), 12);
  EXPECT_THAT(lines_.str(), HasSubstr("left_out=990"));
}

}  // namespace
}  // namespace tonghu::rpc
