// Whatever breaks, nothing acknowledged is lost, doubled or left unsaid.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "libs/jetstream/jetstream.h"
#include "tests/fault/caller.h"
#include "tests/fault/checker.h"
#include "tests/fault/footprint.h"
#include "tests/fault/load.h"
#include "tests/fault/province.h"
#include "tests/fault/small_disk.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

constexpr int kChildren = 40;  // in each of two counties
constexpr int kSchools = 2;    // in each
constexpr absl::Duration kStep =
    absl::Hours(24);  // at most, of the clock: one morning's attendance at a time
constexpr int kDiskMegabytes = 700;
constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr int kWarmContacts = 1000;            // before growth is looked at, and
constexpr int kMoreContacts = 3000;            // while it is
constexpr int64_t kMostMemory = 512;           // bytes a contact, with the other work done beside it
constexpr int64_t kMostNatsMemory = 96 << 20;  // bytes; it keeps the ids of two minutes' messages
constexpr int64_t kMostLog = 16 << 10;         // bytes
constexpr int64_t kMostMore = 8;               // threads, descriptors

// A number from the environment, for replaying a failure and for longer runs.
uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class FaultTest : public testing::Test {
 protected:
  void SetUp() override {
    seed_ = Setting("TONGHU_FAULT_SEED", std::random_device{}());
    fmt::print("seed {} (replay: TONGHU_FAULT_SEED={})\n", seed_, seed_);
    random_.seed(seed_);
  }

  void Begin(int replicas, int threads = 4) {
    auto province = Province::Up({.replicas = replicas, .schools = kSchools, .children = kChildren});
    ASSERT_TRUE(province.ok()) << province.status();
    province_ = std::move(*province);
    ASSERT_TRUE(province_->LogOrder().ok());
    load_ = std::make_unique<Load>(*province_, seed_, threads);
    ASSERT_TRUE(load_->AwaitMore(20, kPatience));
  }

  // Stops the load, lets time pass until a week's duties are judged, and checks everything.
  void EndAndCheck() {
    load_->Stop();
    fmt::print("{} contacts acknowledged, {} facts in all\n", load_->acknowledged(),
               province_->log().facts().size());
    ASSERT_TRUE(Quiet());
    const absl::Time judged = absl::FromCivil(absl::CivilDay(2026, 9, 17), clock::China());
    ASSERT_NO_FATAL_FAILURE(MoveTo(std::max(judged, province_->stack().clock().Now())));
    ASSERT_TRUE(Quiet()) << "I6: the lag does not return to zero";
    CheckEverything(*province_);
    auto missed = province_->Number("pairing", "SELECT count(*) FROM judged_duty WHERE missed");
    EXPECT_GT(missed.value_or(0), 0) << "a test in which nothing is missed proves nothing";
  }

  bool Quiet() {
    const absl::Status quiet = province_->Quiet(kPatience);
    if (!quiet.ok()) fmt::print("{}\n", quiet.ToString());
    return quiet.ok();
  }

  // Nobody may be calling.
  void MoveTo(absl::Time to, const std::function<void()>& meanwhile = nullptr) {
    for (absl::Time now = province_->stack().clock().Now(); now < to;) {
      now = std::min(to, now + kStep);
      const absl::Status moved = province_->MoveClock(now, kPatience, meanwhile);
      ASSERT_TRUE(moved.ok()) << moved;
    }
  }

  // While the load holds its breath. `meanwhile` happens while what is due is done.
  void Advance(absl::Duration by, const std::function<void()>& meanwhile = nullptr) {
    load_->Pause();
    MoveTo(province_->stack().clock().Now() + by, meanwhile);
    load_->Resume();
  }

  void KillAndStart(const std::string& name) {
    ASSERT_TRUE(province_->stack().Kill(name).ok()) << name;
    const absl::Status started = province_->stack().Start(name);
    ASSERT_TRUE(started.ok()) << started;
  }

  uint64_t seed_ = 0;
  std::mt19937_64 random_;
  std::unique_ptr<SmallDisk> disk_;  // outlives what stands on it
  std::unique_ptr<Province> province_;
  std::unique_ptr<Load> load_;
};

TEST_F(FaultTest, I1I2I4KilledAtRandomMomentsUnderLoad) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/2));
  const int rounds = static_cast<int>(Setting("TONGHU_FAULT_ROUNDS", 50));
  const std::vector<std::string> victims = {"registry-1", "registry-2", "pairing-1",   "pairing-2",
                                            "alerts-1",   "alerts-2",   "reporting-1", "reporting-2",
                                            "access-1",   "access-2",   "nats"};
  for (int round = 0; round < rounds && !HasFatalFailure(); ++round) {
    ASSERT_TRUE(load_->AwaitMore(1 + static_cast<int>(random_() % 40), kPatience)) << "round " << round;
    // The first rounds go through everybody.
    const size_t victim = round < static_cast<int>(victims.size()) ? round : random_() % victims.size();
    const auto kill = [&] { KillAndStart(victims[victim]); };
    const bool under_load = random_() % 2 == 0;
    if (under_load) kill();
    Advance(absl::Hours(6), under_load ? std::function<void()>() : kill);
  }
  EndAndCheck();
}

TEST_F(FaultTest, PostgresqlKilledAndRedisGone) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  for (int round = 0; round < 3 && !HasFatalFailure(); ++round) {
    ASSERT_TRUE(load_->AwaitMore(20, kPatience));
    KillAndStart("postgres");
    ASSERT_TRUE(load_->AwaitMore(20, kPatience));
    KillAndStart("redis");
    Advance(absl::Hours(48));
  }
  EndAndCheck();
}

TEST_F(FaultTest, I2WithoutTheBusTheJournalsCarryEverything) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  ASSERT_TRUE(province_->stack().Stop("nats").ok());
  ASSERT_TRUE(load_->AwaitMore(200, kPatience));
  EndAndCheck();
}

TEST_F(FaultTest, I2TheStreamsFilesAreCutInHalfAndThenGone) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  for (const bool gone : {false, true}) {
    ASSERT_TRUE(load_->AwaitMore(100, kPatience));
    ASSERT_TRUE(province_->stack().Kill("nats").ok());
    const std::filesystem::path store = province_->stack().state() + "/nats";
    int harmed = 0;
    if (gone) {
      harmed = static_cast<int>(std::filesystem::remove_all(store));
      std::filesystem::create_directories(store);
    } else {
      for (const auto& file : std::filesystem::recursive_directory_iterator(store)) {
        if (file.path().extension() != ".blk") continue;
        std::filesystem::resize_file(file.path(), file.file_size() / 2);
        ++harmed;
      }
    }
    ASSERT_GT(harmed, 0) << "nothing was there to harm";
    ASSERT_TRUE(province_->stack().Start("nats").ok());
    ASSERT_TRUE(load_->AwaitMore(100, kPatience));
  }
  EndAndCheck();
}

// Deletes, doubles and shuffles messages behind the relay's back.
TEST_F(FaultTest, I2I3EventsDroppedDoubledAndReorderedOnTheBus) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  auto bus = jetstream::Connection::Open({.url = province_->stack().Address("nats"), .name = "adversary"});
  ASSERT_TRUE(bus.ok()) << bus.status();
  int harmed = 0;
  for (int round = 0; round < 40; ++round) {
    // Now and then nobody listens while it happens: then what is deleted has not been heard.
    const std::vector<const char*> deaf =
        round % 10 == 0 ? std::vector<const char*>{"alerts-1", "reporting-1"} : std::vector<const char*>{};
    for (const char* listener : deaf) ASSERT_TRUE(province_->stack().Kill(listener).ok());
    ASSERT_TRUE(load_->AwaitMore(10, kPatience));
    harmed += HarmStream(**bus);
    for (const char* listener : deaf) ASSERT_TRUE(province_->stack().Start(listener).ok());
  }
  EXPECT_GT(harmed, 100) << "the adversary found nothing to harm";
  EndAndCheck();
}

// PostgreSQL and nats-server stand on a small disk of their own, which something else fills up.
TEST_F(FaultTest, I1I6TheDiskIsFullUntilSomebodyMakesRoom) {
  auto disk = SmallDisk::Mount(kDiskMegabytes);
  ASSERT_TRUE(disk.ok()) << disk.status();
  disk_ = std::move(*disk);
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(load_->AwaitMore(50, kPatience));
    disk_->Fill();
    // Whatever is large can't be written any more. PostgreSQL may refuse or stop.
    const absl::Status refused = province_->Script(
        "reporting", "CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 200000)");
    EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
    disk_->MakeRoom();
    for (const char* server : {"postgres", "nats"})
      ASSERT_TRUE(province_->stack().Start(server).ok()) << server;
    Advance(absl::Hours(48));
  }
  EndAndCheck();
}

TEST_F(FaultTest, I7MoreWorkTakesNoMoreOfTheMachine) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  ASSERT_TRUE(load_->AwaitMore(kWarmContacts, kPatience));
  const std::map<std::string, Footprint> before = FootprintsOf(*province_);
  ASSERT_EQ(before.size(), 9u) << "six services, PostgreSQL, nats-server, Redis";
  ASSERT_TRUE(load_->AwaitMore(kMoreContacts, 2 * kPatience));
  for (const auto& [name, now] : FootprintsOf(*province_)) {
    const Footprint& then = before.at(name);
    fmt::print("{:12} memory {:+} kB of {}, log {:+} B, threads {:+}, descriptors {:+}\n", name,
               (now.memory - then.memory) / 1024, then.memory / 1024, now.log - then.log,
               now.threads - then.threads, now.descriptors - then.descriptors);
    EXPECT_LE(now.memory, name == "nats" ? kMostNatsMemory : then.memory + kMoreContacts * kMostMemory)
        << name;
    EXPECT_LE(now.log - then.log, kMostLog) << name;
    EXPECT_LE(now.threads - then.threads, kMostMore) << name;
    EXPECT_LE(now.descriptors - then.descriptors, kMostMore) << name;
  }
  // Answers are kept for a week. A service looks for older ones when it starts, and then every hour.
  load_->Stop();
  MoveTo(province_->stack().clock().Now() + absl::Hours(24 * 9));
  KillAndStart("pairing-1");
  ASSERT_TRUE(Quiet());
  EXPECT_EQ(province_->Number("pairing", "SELECT count(*) FROM request").value_or(-1), 0);
  EndAndCheck();
}

TEST_F(FaultTest, AnEventThatAlwaysFailsIsSetAsideAndReleased) {
  ASSERT_NO_FATAL_FAILURE(Begin(/*replicas=*/1));
  load_->Stop();
  const Paired sick = province_->paired()[0];
  const Paired well = province_->paired()[1];
  const std::string id = sick.child.substr(sick.child.rfind('/') + 1);
  ASSERT_TRUE(
      province_
          ->Script(
              "pairing",
              fmt::format("ALTER TABLE child ADD CONSTRAINT poison CHECK (child_id <> '{}') NOT VALID", id))
          .ok());
  Caller office(province_->clients(), province_->stack().clock(), province_->log(), "promotion");
  const auto promote = [&](const Paired& pair, int grade) {
    registry::v1::GetChildRequest get;
    get.set_name(pair.child);
    auto child = province_->clients().Call(&registry::v1::ChildService::Stub::GetChild, get);
    if (!child.ok()) return child.status();
    return office.Move({pair.child, pair.school, grade, child->class_number()}).status();
  };
  ASSERT_TRUE(promote(sick, 7).ok());
  ASSERT_TRUE(promote(sick, 8).ok());
  ASSERT_TRUE(promote(well, 9).ok());
  ASSERT_TRUE(Quiet());
  const auto grade = [&](const Paired& pair) {
    return province_
        ->Number("pairing", fmt::format("SELECT grade::bigint FROM child WHERE child_id = '{}'",
                                        pair.child.substr(pair.child.rfind('/') + 1)))
        .value_or(-1);
  };
  EXPECT_EQ(grade(well), 9) << "another child's event flows";
  EXPECT_LT(grade(sick), 7);
  EXPECT_EQ(province_->Number("pairing", "SELECT count(*) FROM quarantine").value_or(-1), 2)
      << "the failing event, and the one behind it";
  ASSERT_TRUE(province_->Script("pairing", "ALTER TABLE child DROP CONSTRAINT poison").ok());
  journal::v1::ReleaseQuarantinedEventsRequest release;
  release.set_county(sick.county);
  release.set_key(id);
  auto released = province_->clients().CallAt(
      "pairing", &journal::v1::JournalService::Stub::ReleaseQuarantinedEvents, release);
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->applied(), 2);
  EXPECT_EQ(grade(sick), 8) << "in order: the later one last";
  EndAndCheck();
}

}  // namespace
}  // namespace tonghu::fault
