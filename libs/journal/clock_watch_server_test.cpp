// A replica whose clock goes wrong, against a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "libs/journal/clock_watch.h"
#include "libs/journal/lease.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClockWatchTest : public harness::JournalTest {
 protected:
  std::unique_ptr<ClockWatch> Watch() {
    ClockWatch::Options options;
    options.every = absl::Milliseconds(20);
    options.guard.agree_for = absl::Milliseconds(200);
    options.guard.longest_round_trip = absl::Seconds(30);  // a loaded machine is no wrong clock
    options.wall = [this] { return ClockWatch::SystemTime() + absl::Seconds(ahead_.load()); };
    return std::make_unique<ClockWatch>(options, *pool_, clock_, metrics_);
  }

  std::vector<std::string> Told() {
    absl::MutexLock lock(&mutex_);
    return told_;
  }
  absl::Status Tell(const std::string& why) {
    absl::MutexLock lock(&mutex_);
    if (++tries_ % 2 == 1) return absl::UnavailableError("the first try of each fails");
    told_.push_back(why);
    return absl::OkStatus();
  }

  std::atomic<int64_t> ahead_{0};  // seconds
  metrics::Metrics metrics_;
  absl::Mutex mutex_;
  int tries_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> told_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(ClockWatchTest, ALeaseHolderGoesAndComesWithItsClock) {
  auto watch = Watch();
  ASSERT_TRUE(watch->trusted()) << watch->why();
  Leases leases({.replica = "one", .shards = kShards, .stands = watch->trusted()}, *pool_);
  Leases other({"other", kShards}, *pool_);
  watch->Start(
      {[&](bool trusted) { leases.Stand(trusted); }, [&](const std::string& why) { return Tell(why); }});
  ASSERT_TRUE(harness::Eventually([&] { return leases.Held().size() == 2 && other.Held().size() == 2; }));
  EXPECT_TRUE(watch->Admit().ok());

  for (const int64_t ahead : {5, 3600, -3600}) {
    ahead_ = ahead;
    ASSERT_TRUE(harness::Eventually([&] { return !watch->trusted(); })) << ahead;
    ASSERT_TRUE(harness::Eventually([&] { return leases.Held().empty() && other.Held().size() == kShards; }))
        << ahead;
    const absl::Status refused = watch->Admit();
    EXPECT_TRUE(absl::IsUnavailable(refused));
    EXPECT_EQ(refusal::Of(refused).reason, "CLOCK_DISTRUSTED");
    EXPECT_EQ(Count("SELECT count(*) FROM replica WHERE name = 'one'"), 0) << "it takes no share";
    ahead_ = 0;
    ASSERT_TRUE(harness::Eventually([&] { return watch->trusted() && leases.Held().size() == 2; })) << ahead;
    EXPECT_TRUE(watch->Admit().ok());
  }
  ASSERT_TRUE(harness::Eventually([&] { return Told().size() == 6; }));
  watch->Stop();
  EXPECT_THAT(Told(), ElementsAre(HasSubstr("clock"), "", HasSubstr("clock"), "", HasSubstr("clock"), ""))
      << "each distrust once, and its end";
}

TEST_F(ClockWatchTest, WrongFromTheBeginningItNeverTakesAShard) {
  ahead_ = 3600;
  auto watch = Watch();
  EXPECT_FALSE(watch->trusted());
  Leases leases({.replica = "one", .shards = kShards, .stands = watch->trusted()}, *pool_);
  watch->Start(
      {[&](bool trusted) { leases.Stand(trusted); }, [&](const std::string& why) { return Tell(why); }});
  ASSERT_TRUE(harness::Eventually([&] { return Told().size() == 1; }));
  EXPECT_THAT(Told(), ElementsAre(HasSubstr("differs from the database's by")));
  EXPECT_TRUE(leases.Held().empty());
  EXPECT_EQ(Count("SELECT sum(fence)::bigint FROM lease"), 0) << "none was ever taken";
  ahead_ = 0;
  EXPECT_TRUE(harness::Eventually([&] { return leases.Held().size() == kShards; }));
}

}  // namespace
}  // namespace tonghu::journal
