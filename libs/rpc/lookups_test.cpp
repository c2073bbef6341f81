#include "libs/rpc/lookups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"

namespace tonghu::rpc {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// Finds every child in the school that is called as the child, once a test lets it.
class SlowPlaces final : public Places {
 public:
  absl::StatusOr<Found> Find(const Sought& sought) override {
    {
      absl::MutexLock lock(&mutex_);
      asked_.push_back(sought);
    }
    if (sought.children.front().second == "stuck") {
      begun[stuck_++].Notify();
      go.WaitForNotification();
    }
    if (sought.children.front().second == "broken") return absl::UnavailableError("the database is away");
    Found found;
    for (const Key& child : sought.children) found.children[child] = {.school_id = child.second};
    return found;
  }
  std::string owner() const override { return ""; }
  std::vector<Sought> asked() {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }

  absl::Notification begun[2];  // so many workers are stuck
  absl::Notification go;

 private:
  std::atomic<int> stuck_ = 0;
  absl::Mutex mutex_;
  std::vector<Sought> asked_ ABSL_GUARDED_BY(mutex_);
};

class LookupsTest : public testing::Test {
 protected:
  // Looks up a child; `found_` of the test's end says in which school each was found.
  bool Find(const std::string& child, size_t bytes = 1, std::vector<std::string> resources = {}) {
    Sought sought{.children = {{"520203", child}}, .county = "520203", .resources = std::move(resources)};
    return lookups_.Find(std::move(sought), bytes, [this, child](const absl::StatusOr<Found>& found) {
      absl::MutexLock lock(&mutex_);
      answers_.push_back(found.ok() ? found->children.at({"520203", child}).school_id
                                    : std::string(found.status().message()));
    });
  }
  // From now on lookups wait.
  void Stick() {
    for (absl::Notification& begun : places_.begun) {
      ASSERT_TRUE(Find("stuck"));
      begun.WaitForNotification();
    }
  }
  // Lets everything go and waits for all answers.
  std::vector<std::string> Answers() {
    places_.go.Notify();
    workers_.reset();
    absl::MutexLock lock(&mutex_);
    std::sort(answers_.begin(), answers_.end());
    return answers_;
  }

  std::unique_ptr<Workers> workers_ = std::make_unique<Workers>(3, 8);
  SlowPlaces places_;
  Lookups lookups_{*workers_, places_};
  absl::Mutex mutex_;
  std::vector<std::string> answers_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(LookupsTest, WhatComesMeanwhileGoesTogether) {
  Stick();
  for (const char* child : {"a", "b", "c"}) ASSERT_TRUE(Find(child));
  EXPECT_THAT(Answers(), ElementsAre("a", "b", "c", "stuck", "stuck"));
  ASSERT_THAT(places_.asked(), SizeIs(3));
  EXPECT_THAT(places_.asked().back().children,
              ElementsAre(Key("520203", "a"), Key("520203", "b"), Key("520203", "c")));
}

TEST_F(LookupsTest, ResourcesGoAlone) {
  Stick();
  ASSERT_TRUE(Find("a"));
  ASSERT_TRUE(Find("b", 1, {"r1"}));
  ASSERT_TRUE(Find("c"));
  EXPECT_THAT(Answers(), ElementsAre("a", "b", "c", "stuck", "stuck"));
  ASSERT_THAT(places_.asked(), SizeIs(5));
  for (const Sought& asked : places_.asked()) {
    EXPECT_THAT(asked.children, SizeIs(1));
  }
}

TEST_F(LookupsTest, AnErrorIsTheAnswerOfAllThatWentTogether) {
  Stick();
  ASSERT_TRUE(Find("broken"));
  ASSERT_TRUE(Find("b"));
  EXPECT_THAT(Answers(), ElementsAre("stuck", "stuck", "the database is away", "the database is away"));
}

TEST_F(LookupsTest, WaitingIsBoundedInCountAndBytes) {
  Stick();
  EXPECT_FALSE(Find("a", (64 << 20) + 1));
  ASSERT_TRUE(Find("b", 64 << 20));
  EXPECT_FALSE(Find("c", 1));
  for (int i = 1; i < 4096; ++i) ASSERT_TRUE(Find(absl::StrCat("n", i), 0));
  EXPECT_FALSE(Find("d", 0));
  EXPECT_THAT(Answers(), SizeIs(2 + 4096));
}

// Whoever has the last answer may let everything go while the worker still returns from giving it.
TEST(LookupsEndTest, NoWorkerTouchesLookupsThatAreGone) {
  absl::Notification answered, going;
  std::atomic<bool> returned = false;
  struct Returned {
    std::atomic<bool>& flag;
    ~Returned() { flag = true; }
  };
  Workers workers(2, 8);
  SlowPlaces places;
  auto lookups = std::make_unique<Lookups>(workers, places);
  ASSERT_TRUE(lookups->Find(
      Sought{.children = {{"520203", "a"}}, .county = "520203"}, 1,
      [&, kept = std::shared_ptr<Returned>(new Returned{returned})](const absl::StatusOr<Found>&) {
        answered.Notify();
        going.WaitForNotification();
      }));
  answered.WaitForNotification();
  going.Notify();
  lookups.reset();
  EXPECT_TRUE(returned) << "the worker was waited for";
}

}  // namespace
}  // namespace tonghu::rpc
