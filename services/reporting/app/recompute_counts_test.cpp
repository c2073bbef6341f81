#include "services/reporting/app/recompute_counts.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::reporting {
namespace {

namespace journals = tonghu::journal::v1;

// A producer that has missed one duty an event, all in one county and week.
class FakeJournal final : public journals::JournalService::Service {
 public:
  explicit FakeJournal(int64_t head) : head_(head) {}
  int64_t lost = 0;  // an event that the journal leaves out
  int refusals = 0;  // calls that first find it out of reach
  int pages = 0;

  grpc::Status ReadEvents(grpc::ServerContext*, const journals::ReadEventsRequest* request,
                          journals::ReadEventsResponse* response) override {
    if (refusals-- > 0) return {grpc::StatusCode::UNAVAILABLE, "starting"};
    ++pages;
    response->set_head_seq(head_);
    const int64_t end = std::min(head_, request->from_seq() + std::min(request->page_size(), 5000) - 1);
    for (int64_t seq = request->from_seq(); seq <= end; ++seq) {
      if (seq != lost) AddMissed(request->shard(), seq, response->add_events());
    }
    return grpc::Status::OK;
  }

 private:
  static void AddMissed(int shard, int64_t seq, journals::Event* event) {
    tonghu::pairing::events::v1::DutyMissed missed;
    missed.set_duty_window_day(static_cast<int32_t>(absl::CivilDay(2026, 9, 7) - absl::CivilDay(1970, 1, 1)));
    missed.mutable_place()->set_township_code("520521101");
    missed.mutable_place()->set_school_id("s1");
    event->set_producer("pairing");
    event->set_shard(shard);
    event->set_seq(seq);
    event->set_type("duty_missed");
    event->set_county("520521");
    event->set_payload(missed.SerializeAsString());
  }
  const int64_t head_;
};

class RecomputeCountsTest : public testing::Test {
 protected:
  absl::StatusOr<v1::QueryCountsResponse> Recompute(FakeJournal& journal, int64_t through,
                                                    absl::Time deadline = clock::MonotonicNow() +
                                                                          absl::Minutes(1)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&journal);
    const auto server = builder.BuildAndStart();
    const Journals journals = {{"pairing", journals::JournalService::NewStub(server->InProcessChannel({}))}};
    const Reading reading{2, {{"pairing", through}}, deadline, [this] { return cancelled_; }};
    return RecomputeCounts(journals, {*ParseDivision("520521"), *ParseWeeks("", "")}, reading);
  }
  bool cancelled_ = false;
};

TEST_F(RecomputeCountsTest, ReadsPageByPageAndStopsWhereTold) {
  FakeJournal journal(20000);
  const auto counts = Recompute(journal, 12345);
  ASSERT_TRUE(counts.ok()) << counts.status();
  ASSERT_EQ(counts->weeks_size(), 1);
  EXPECT_EQ(counts->weeks(0).missed(), 12345);
  EXPECT_EQ(journal.pages, 3);
  ASSERT_EQ(counts->through_size(), 1);
  EXPECT_EQ(counts->through(0).seq(), 12345);
}

TEST_F(RecomputeCountsTest, NothingHeardYetIsNothingRead) {
  FakeJournal journal(10);
  const auto counts = Recompute(journal, 0);
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->weeks_size(), 0);
  EXPECT_EQ(journal.pages, 0);
}

TEST_F(RecomputeCountsTest, WaitsOutAShortOutage) {
  FakeJournal journal(10);
  journal.refusals = 2;
  EXPECT_TRUE(Recompute(journal, 10).ok());
}

TEST_F(RecomputeCountsTest, AJournalWithAHoleIsNotCounted) {
  FakeJournal journal(10);
  journal.lost = 7;
  EXPECT_EQ(Recompute(journal, 10).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RecomputeCountsTest, APositionPastTheHeadIsRefused) {
  FakeJournal journal(10);
  EXPECT_EQ(refusal::Of(Recompute(journal, 11).status()).reason, "POSITION_AHEAD");
}

TEST_F(RecomputeCountsTest, EndsWithItsDeadlineOrItsCaller) {
  FakeJournal journal(10);
  EXPECT_TRUE(absl::IsDeadlineExceeded(Recompute(journal, 10, clock::MonotonicNow()).status()));
  cancelled_ = true;
  EXPECT_TRUE(absl::IsCancelled(Recompute(journal, 10).status()));
}

TEST(PositionsOfTest, AllOrNone) {
  v1::QueryCountsRequest request;
  EXPECT_TRUE(PositionsOf(request).ok());
  auto* pairing = request.add_through();
  pairing->set_producer("pairing");
  pairing->set_seq(7);
  EXPECT_EQ(refusal::Of(PositionsOf(request).status()).reason, "POSITION_MALFORMED") << "alerts are missing";
  auto* alerts = request.add_through();
  alerts->set_producer("alerts");
  ASSERT_TRUE(PositionsOf(request).ok());
  EXPECT_EQ(*PositionsOf(request), (Positions{{"alerts", 0}, {"pairing", 7}}));
  alerts->set_producer("registry");
  EXPECT_FALSE(PositionsOf(request).ok());
  alerts->set_producer("pairing");
  EXPECT_FALSE(PositionsOf(request).ok());
  alerts->set_producer("alerts");
  alerts->set_seq(-1);
  EXPECT_FALSE(PositionsOf(request).ok());
}

}  // namespace
}  // namespace tonghu::reporting
