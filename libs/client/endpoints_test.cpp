#include "libs/client/endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(EndpointsTest, ReadsTheListsOfReplicas) {
  const auto read = ParseEndpoints(R"({"registry": "127.0.0.1:1", "nats": "nats://127.0.0.1:9",
      "replicas": {"registry": ["127.0.0.1:1", "127.0.0.1:2"]}, "clock": "virtual:/x/clock"})",
                                   "f");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->replicas.at("registry"), ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_EQ(*read->AddressesOf("registry"), "127.0.0.1:1,127.0.0.1:2");
  EXPECT_EQ(read->clock, "virtual:/x/clock");
  EXPECT_EQ(read->AddressesOf("alerts").status().code(), absl::StatusCode::kUnavailable);
}

TEST(EndpointsTest, TakesAnyService) {
  const auto read = ParseEndpoints(R"({"replicas": {"partners": ["127.0.0.1:7"]}})", "f");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->replicas.at("partners"), ElementsAre("127.0.0.1:7"));
  EXPECT_EQ(read->clock, "system");
}

TEST(EndpointsTest, SaysWhatIsWrong) {
  EXPECT_THAT(std::string(ParseEndpoints("{", "f.json").status().message()),
              HasSubstr("f.json is not a JSON object"));
  EXPECT_THAT(std::string(ParseEndpoints("{}", "f.json").status().message()), HasSubstr("names no service"));
  for (const char* json : {R"({"replicas": {"alerts": [1, 2]}})", R"({"replicas": {"alerts": 1}})",
                           R"({"replicas": []})", R"({"replicas": "x"})", R"({"pairing": "127.0.0.1:7"})"}) {
    EXPECT_FALSE(ParseEndpoints(json, "f").ok()) << json;
  }
  const auto missing = ReadEndpoints("no/such/file");
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("make up"));
}

}  // namespace
}  // namespace tonghu::client
