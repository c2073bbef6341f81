#include "libs/metrics/metrics.h"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::metrics {
namespace {

using testing::HasSubstr;

size_t Append(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

std::string Get(const std::string& url) {
  std::string text;
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
  EXPECT_EQ(curl_easy_perform(curl), CURLE_OK);
  curl_easy_cleanup(curl);
  return text;
}

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  auto& one = metrics.Counter("tonghu_events_total", "Events.", {{"shard", "1"}});
  EXPECT_EQ(&one, &metrics.Counter("tonghu_events_total", "Events.", {{"shard", "1"}}));
  EXPECT_NE(&one, &metrics.Counter("tonghu_events_total", "Events.", {{"shard", "2"}}));
}

TEST(MetricsTest, AreServed) {
  Metrics metrics;
  metrics.Counter("tonghu_events_total", "Events.", {{"shard", "1"}}).Increment(3);
  metrics.Gauge("tonghu_lag", "Lag.").Set(2);
  metrics.Latency("tonghu_commit_seconds", "Commits.").Observe(0.002);
  auto exposer = Exposer::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  ASSERT_GT((*exposer)->port(), 0);
  const std::string page = Get("http://127.0.0.1:" + std::to_string((*exposer)->port()) + "/metrics");
  EXPECT_THAT(page, HasSubstr("tonghu_events_total{shard=\"1\"} 3"));
  EXPECT_THAT(page, HasSubstr("tonghu_lag 2"));
  EXPECT_THAT(page, HasSubstr("tonghu_commit_seconds_bucket{le=\"0.0025\"} 1"));
  EXPECT_THAT(page, HasSubstr("tonghu_commit_seconds_bucket{le=\"0.001\"} 0"));
}

TEST(ExposerTest, ABusyPortIsOneClearSentence) {
  Metrics metrics;
  auto first = Exposer::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first.ok());
  const std::string address = "127.0.0.1:" + std::to_string((*first)->port());
  const auto second = Exposer::Start(address, metrics);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
  EXPECT_FALSE(Exposer::Start("nonsense", metrics).ok());
}

TEST(MetricsDeathTest, OneNameAsTwoKindsEndsTheProgram) {
  Metrics metrics;
  metrics.Counter("tonghu_x", "X.");
  EXPECT_DEATH(metrics.Gauge("tonghu_x", "X."), "tonghu_x");
}

}  // namespace
}  // namespace tonghu::metrics
