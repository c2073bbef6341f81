#include "libs/client/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"

namespace tonghu::client {
namespace {

absl::Status Because(absl::StatusCode code, const char* reason) { return refusal::Make({code, reason}); }

TEST(RetryTest, KnowsWhatMayPass) {
  for (const auto& status :
       {absl::UnavailableError(""), absl::CancelledError(""), absl::DeadlineExceededError(""),
        absl::AbortedError(""), Because(absl::StatusCode::kUnavailable, "FACTS_BEHIND"),
        Because(absl::StatusCode::kResourceExhausted, "SERVER_BUSY")})
    EXPECT_TRUE(MayPass(status)) << status;
  for (const auto& status :
       {absl::OkStatus(), absl::InternalError(""), absl::ResourceExhaustedError("too large"),
        Because(absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED"),
        Because(absl::StatusCode::kAborted, "ETAG_MISMATCH"),
        Because(absl::StatusCode::kNotFound, "CHILD_NOT_FOUND")})
    EXPECT_FALSE(MayPass(status)) << status;
}

// Fails so often, then succeeds.
struct Failing {
  absl::Status operator()(absl::Duration timeout) {
    timeouts.push_back(timeout);
    return static_cast<int>(timeouts.size()) <= failures ? status : absl::OkStatus();
  }
  int failures;
  absl::Status status = absl::UnavailableError("");
  std::vector<absl::Duration> timeouts;
};

TEST(RetryTest, IsBoundedInNumber) {
  Failing twice{2};
  EXPECT_TRUE(Retry({.pause = absl::Milliseconds(1)}, std::ref(twice)).ok());
  EXPECT_EQ(twice.timeouts.size(), 3u);
  Failing always{1000};
  EXPECT_TRUE(absl::IsUnavailable(Retry({.tries = 3, .pause = absl::Milliseconds(1)}, std::ref(always))));
  EXPECT_EQ(always.timeouts.size(), 3u);
  Failing once{1000};
  EXPECT_TRUE(absl::IsUnavailable(Retry(Once(), std::ref(once))));
  EXPECT_EQ(once.timeouts.size(), 1u);
}

TEST(RetryTest, IsBoundedInTime) {
  Failing always{1'000'000};
  const absl::Time begin = clock::MonotonicNow();
  EXPECT_TRUE(absl::IsUnavailable(Retry({.timeout = absl::Milliseconds(50),
                                         .once = absl::Milliseconds(20),
                                         .tries = 0,
                                         .pause = absl::Milliseconds(1),
                                         .longest_pause = absl::Milliseconds(2)},
                                        std::ref(always))));
  EXPECT_LE(always.timeouts.size(), 51u);
  EXPECT_GE(always.timeouts.size(), 2u);
  EXPECT_GE(clock::MonotonicNow() - begin, absl::Milliseconds(45));
  for (const absl::Duration timeout : always.timeouts) EXPECT_LE(timeout, absl::Milliseconds(20));
}

TEST(RetryTest, WhatDoesNotPassEndsIt) {
  Failing wrong{1000, absl::InvalidArgumentError("")};
  EXPECT_TRUE(absl::IsInvalidArgument(Retry({}, std::ref(wrong))));
  EXPECT_EQ(wrong.timeouts.size(), 1u);
}

}  // namespace
}  // namespace tonghu::client
