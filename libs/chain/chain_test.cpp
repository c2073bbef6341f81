#include "libs/chain/chain.h"

#include <gtest/gtest.h>

#include <vector>

#include "libs/chain/check.h"

namespace tonghu::chain {
namespace {

struct Stored {
  int64_t seq, events;
  std::string payload;
  std::string hash;

  Row AsRow() const { return {3, seq, events, "said", "520102", 1'700'000'000'000'000 + seq, payload}; }
};

// Rows of 3 events each, chained.
std::vector<Stored> Journal(int rows) {
  std::vector<Stored> journal;
  std::string hash = Beginning();
  for (int i = 1; i <= rows; ++i) {
    journal.push_back({3 * i, 3, "what " + std::to_string(i), ""});
    hash = journal.back().hash = HashAfter(hash, journal.back().AsRow());
  }
  return journal;
}

// Computes the hashes anew from row `from` on, as somebody would who hides a change.
void Chain(std::vector<Stored>& journal, size_t from) {
  for (size_t i = from; i < journal.size(); ++i)
    journal[i].hash = HashAfter(i == 0 ? Beginning() : journal[i - 1].hash, journal[i].AsRow());
}

std::optional<Finding> Checked(const std::vector<Stored>& journal, int64_t head,
                               std::map<int64_t, std::string> known = {}) {
  Check check(std::move(known));
  for (const Stored& row : journal) check.Add(row.AsRow(), row.hash);
  return check.End(head);
}

using F = Finding;

TEST(Chain, AHashCoversEveryPartOfARow) {
  const Row row{1, 7, 2, "said", "520102", 99, "word"};
  const std::string hash = HashAfter(Beginning(), row);
  EXPECT_EQ(hash.size(), kHashBytes);
  std::vector<Row> others(7, row);
  others[0].shard = 2;
  others[1].seq = 8;
  others[2].events = 3;
  others[3].type = "sai", others[3].county = "d520102";
  others[4].county = "520103";
  others[5].time_micros = 98;
  others[6].payload = "Word";
  for (const Row& other : others) EXPECT_NE(HashAfter(Beginning(), other), hash);
  EXPECT_NE(HashAfter(hash, row), hash);
}

// Hashes are stored for ever: these bytes were computed by another program.
TEST(Chain, AHashStaysWhatItIs) {
  const std::string hash = HashAfter(Beginning(), {1, 7, 2, "said", "520102", 99, "word"});
  std::string hex;
  for (const unsigned char byte : hash) {
    char two[3];
    std::snprintf(two, sizeof(two), "%02x", byte);
    hex += two;
  }
  EXPECT_EQ(hex, "f7d1e1951b7b4f10ec2f877756555461b717435aa777a359474d8fa901b6c1f2");
}

TEST(Check, AnUntouchedJournalFollows) {
  EXPECT_EQ(Checked({}, 0), std::nullopt);
  EXPECT_EQ(Checked(Journal(5), 15), std::nullopt);
  const auto journal = Journal(5);
  EXPECT_EQ(Checked(journal, 15, {{6, journal[1].hash}, {15, journal[4].hash}}), std::nullopt);
}

TEST(Check, AnAlteredRowIsNamed) {
  auto journal = Journal(5);
  journal[2].payload += "!";
  EXPECT_EQ(Checked(journal, 15), (F{Fault::kAltered, 7, 9}));
  // With a hash of its own the next row does not follow.
  journal[2].hash = HashAfter(journal[1].hash, journal[2].AsRow());
  EXPECT_EQ(Checked(journal, 15), (F{Fault::kAltered, 10, 12}));
  auto fewer = Journal(5);
  fewer[2].events = 1;
  EXPECT_EQ(Checked(fewer, 15), (F{Fault::kAltered, 7, 9}));
  auto last = Journal(5);
  last[4].payload = "";
  EXPECT_EQ(Checked(last, 15), (F{Fault::kAltered, 13, 15}));
}

TEST(Check, AMissingRowIsNamed) {
  for (const size_t lost : {0, 2, 3}) {
    auto journal = Journal(5);
    journal.erase(journal.begin() + static_cast<int>(lost));
    const auto first = static_cast<int64_t>(3 * lost + 1);
    EXPECT_EQ(Checked(journal, 15), (F{Fault::kMissing, first, first + 2}));
  }
  auto journal = Journal(5);
  journal.erase(journal.begin() + 1, journal.begin() + 3);
  EXPECT_EQ(Checked(journal, 15), (F{Fault::kMissing, 4, 9}));
}

TEST(Check, AMissingTailIsNamedByTheHeadAndByWhatIsKnown) {
  const auto whole = Journal(5);
  const auto cut = Journal(3);
  EXPECT_EQ(Checked(cut, 15), (F{Fault::kMissing, 10, 15}));
  EXPECT_EQ(Checked(cut, 9), std::nullopt);
  EXPECT_EQ(Checked(cut, 9, {{12, whole[3].hash}}), (F{Fault::kMissing, 10, 12}));
}

TEST(Check, AnInsertedRowIsNamed) {
  // With any hash, below a row that belongs there.
  auto journal = Journal(5);
  journal.insert(journal.begin() + 2, {8, 1, "forged", std::string(kHashBytes, 'x')});
  EXPECT_EQ(Checked(journal, 15), (F{Fault::kInserted, 8, 8}));
  // With the hash that a row there would have.
  journal[2].events = 2;
  journal[2].hash = HashAfter(journal[1].hash, journal[2].AsRow());
  EXPECT_EQ(Checked(journal, 15), (F{Fault::kInserted, 7, 8}));
  // Behind the head.
  auto behind = Journal(5);
  EXPECT_EQ(Checked(behind, 12), (F{Fault::kInserted, 13, 15}));
}

TEST(Check, AJournalComputedAnewIsFoundByWhatIsKnown) {
  const auto whole = Journal(5);
  auto journal = whole;
  journal[2].payload += "!";
  Chain(journal, 2);
  EXPECT_EQ(Checked(journal, 15), std::nullopt) << "nothing else can tell";
  EXPECT_EQ(Checked(journal, 15, {{6, whole[1].hash}, {12, whole[3].hash}}), (F{Fault::kRewritten, 7, 12}));
  // Rows cut in another way.
  auto cut = whole;
  cut.erase(cut.begin() + 2);
  cut[2].events = 6;
  Chain(cut, 2);
  EXPECT_EQ(Checked(cut, 15, {{9, whole[2].hash}}), (F{Fault::kRewritten, 1, 9}));
}

}  // namespace
}  // namespace tonghu::chain
