#include "libs/journal/sequencer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace tonghu::journal {
namespace {

Event At(int64_t seq) {
  Event event;
  event.seq = seq;
  return event;
}

// Applies all that is ready, in pieces of `piece`; gives the positions.
std::vector<int64_t> Drain(Sequencer& sequencer, size_t piece) {
  std::vector<int64_t> seen;
  for (auto ready = sequencer.Ready(piece); !ready.empty(); ready = sequencer.Ready(piece)) {
    for (const Event* event : ready) seen.push_back(event->seq);
    sequencer.Advance(ready.size());
  }
  return seen;
}

RC_GTEST_PROP(SequencerTest, EveryEventOnceInOrderHoweverTheyCome, ()) {
  const int count = *rc::gen::inRange(1, 60);
  std::vector<int64_t> deliveries =
      *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(1, count + 1));
  for (int64_t seq = 1; seq <= count; ++seq)
    deliveries.push_back(seq);  // all come at last, as healing makes sure
  const auto seed = *rc::gen::arbitrary<uint32_t>();
  std::shuffle(deliveries.begin(), deliveries.end(), std::mt19937(seed));
  Sequencer sequencer;
  std::vector<int64_t> applied;
  for (int64_t seq : deliveries) {
    sequencer.Offer(At(seq));
    for (int64_t one : Drain(sequencer, *rc::gen::inRange<size_t>(1, 5))) applied.push_back(one);
  }
  RC_ASSERT(applied.size() == static_cast<size_t>(count));
  for (int64_t seq = 1; seq <= count; ++seq) RC_ASSERT(applied[seq - 1] == seq);
  RC_ASSERT(sequencer.empty());
}

TEST(SequencerTest, NamesTheGap) {
  Sequencer sequencer(4);
  sequencer.Offer(At(7));
  EXPECT_TRUE(sequencer.gap());
  EXPECT_TRUE(sequencer.Ready(10).empty());
  EXPECT_EQ(sequencer.first_kept(), 7);
  sequencer.Offer(At(5));
  EXPECT_FALSE(sequencer.gap());
  EXPECT_EQ(sequencer.Ready(10).size(), 1u);
}

TEST(SequencerTest, KeepsABoundedNumberButAlwaysTheNext) {
  Sequencer sequencer(0, {.events = 3});
  for (int64_t seq = 10; seq < 20; ++seq) sequencer.Offer(At(seq));
  sequencer.Offer(At(1));
  EXPECT_EQ(Drain(sequencer, 10), std::vector<int64_t>{1});
  for (int64_t seq = 2; seq <= 19; ++seq) sequencer.Offer(At(seq));
  EXPECT_EQ(sequencer.applied(), 1);
  EXPECT_GE(Drain(sequencer, 100).size(), 2u);
}

TEST(SequencerTest, IsBoundedInBytesToo) {
  Sequencer sequencer(0, {.bytes = 10'000});
  Event large = At(1);
  large.payload = std::string(50'000, 'x');
  sequencer.Offer(large);
  EXPECT_TRUE(sequencer.full()) << "and yet the next one is kept";
  for (int64_t seq = 2; seq < 100; ++seq) sequencer.Offer(At(seq));
  EXPECT_EQ(Drain(sequencer, 1000), std::vector<int64_t>{1});
  EXPECT_FALSE(sequencer.full());
  for (int64_t seq = 2; seq < 100; ++seq) {
    large.seq = seq;
    large.payload = std::string(3000, 'x');
    sequencer.Offer(large);
  }
  EXPECT_EQ(Drain(sequencer, 1000).size(), 3u);
}

TEST(SequencerTest, AnOlderEventPushesTheLatestOut) {
  Sequencer sequencer(0, {.events = 3});
  for (int64_t seq : {5, 6, 7, 2, 1}) sequencer.Offer(At(seq));
  EXPECT_EQ(Drain(sequencer, 10), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(sequencer.first_kept(), 5);
}

TEST(SequencerTest, ResetBackwardsReadsAgain) {
  Sequencer sequencer(10);
  sequencer.Offer(At(11));
  sequencer.Reset(8);
  EXPECT_TRUE(sequencer.gap());
  sequencer.Offer(At(9));
  sequencer.Offer(At(10));
  EXPECT_EQ(Drain(sequencer, 10), (std::vector<int64_t>{9, 10, 11}));
}

}  // namespace
}  // namespace tonghu::journal
