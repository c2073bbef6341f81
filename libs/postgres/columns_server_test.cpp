#include <gmock/gmock.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::postgres {
namespace {

using testing::ElementsAre;

enum class Colour { kRed = 1, kBlue = 2 };

struct Place {
  std::string school;
  int grade = 0;
};

struct Thing {
  std::string county, id;
  Colour colour = Colour::kRed;
  Place place;
  int count = 0;
  int64_t total = 0;
  bool open = false;
  absl::Time time = absl::InfinitePast();
  absl::CivilDay day, date;
  absl::Duration grace;
  std::string bytes;
};

constexpr Columns kThing{Field<&Thing::county>("county"),
                         Field<&Thing::id>("id", kUuid),
                         Field<&Thing::colour>("colour"),
                         Field<&Thing::place, &Place::school>("school"),
                         Field<&Thing::place, &Place::grade>("grade", kInt2),
                         Field<&Thing::count>("count"),
                         Field<&Thing::total>("total"),
                         Field<&Thing::open>("open"),
                         Field<&Thing::time>("time"),
                         Field<&Thing::day>("day"),
                         Field<&Thing::date>("date", kDate),
                         Field<&Thing::grace>("grace"),
                         Field<&Thing::bytes>("bytes", kBytea)};

// A row that points to another one, as what is stored may.
struct Stored {
  const Thing* thing;
  int shard;
};
constexpr Columns kStored{Field<&Stored::shard>("shard"), Field<&Stored::thing, &Thing::id>("id", kUuid)};

class ColumnsTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
    ASSERT_TRUE(
        connection_
            ->Script("CREATE TEMP TABLE thing (county text, id uuid, colour smallint, school text, grade "
                     "smallint, count integer, total bigint, open boolean, time timestamptz, day "
                     "integer, date date, grace bigint, bytes bytea, PRIMARY KEY (county, id))")
            .ok());
  }

  static Thing Made(int i) {
    return {.county = "520324",
            .id = absl::StrCat("017f22e2-79b0-7cc3-98c4-dc0c0c07", 1000 + i),
            .colour = i % 2 == 0 ? Colour::kRed : Colour::kBlue,
            .place = {absl::StrCat("学校", i), -i},
            .count = i * 100'000,
            .total = i * 10'000'000'000,
            .open = i % 3 == 0,
            .time = i == 0 ? absl::InfinitePast() : absl::FromUnixMicros(1'790'000'000'000'000 + i),
            .day = absl::CivilDay(1969, 12, 30) + i,
            .date = absl::CivilDay(1999, 12, 30) + i,
            .grace = absl::Hours(i),
            .bytes = std::string("\0\xff", 2)};
  }

  static std::string Text(const Thing& thing) {
    return absl::StrCat(thing.county, thing.id, static_cast<int>(thing.colour), thing.place.school,
                        thing.place.grade, " ", thing.count, " ", thing.total, thing.open,
                        absl::FormatTime(thing.time), absl::FormatCivilTime(thing.day),
                        absl::FormatCivilTime(thing.date), absl::FormatDuration(thing.grace), thing.bytes);
  }

  std::vector<Thing> All() {
    auto all = kThing.ReadAll(
        connection_->Run(absl::StrCat("SELECT ", kThing.List("t."), " FROM thing t ORDER BY id")));
    EXPECT_TRUE(all.ok()) << all.status();
    return all.ok() ? *all : std::vector<Thing>();
  }

  std::unique_ptr<Connection> connection_;
};

// A few go as arrays, many by COPY, others over those that are there: the same must come back.
TEST_F(ColumnsTest, RowsComeBackAsTheyWere) {
  for (const int count : {1, 63, 64, 500}) {
    std::vector<Thing> things;
    for (int i = 0; i < count; ++i) things.push_back(Made(i));
    for (const bool by_arrays : {false, true}) {
      ASSERT_TRUE(connection_->Script("TRUNCATE thing").ok());
      const absl::Status stored = by_arrays ? kThing.Upsert(*connection_, "thing", 2, things)
                                            : kThing.Insert(*connection_, "thing", things);
      ASSERT_TRUE(stored.ok()) << stored;
      const std::vector<Thing> read = All();
      ASSERT_EQ(read.size(), things.size());
      for (int i = 0; i < count; ++i) ASSERT_EQ(Text(read[i]), Text(things[i]));
    }
  }
}

TEST_F(ColumnsTest, OfOneKeyTheLastCounts) {
  Thing first = Made(1), second = Made(1), other = Made(2);
  second.count = 7;
  ASSERT_TRUE(kThing.Insert(*connection_, "thing", {other}).ok());
  other.count = 8;
  ASSERT_TRUE(kThing.Upsert(*connection_, "thing", 2, {first, other, second}).ok());
  const std::vector<Thing> all = All();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].count, 7);
  EXPECT_EQ(all[1].count, 8);
  EXPECT_EQ(kThing.Insert(*connection_, "thing", {first}).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ColumnsTest, ARowThatIsThereAlreadyLeavesNothingOfTheOthersAndAUsableConnection) {
  ASSERT_TRUE(kThing.Insert(*connection_, "thing", {Made(7)}).ok());
  for (const int count : {10, 200}) {
    std::vector<Thing> things;
    for (int i = 0; i < count; ++i) things.push_back(Made(i));
    EXPECT_EQ(kThing.Insert(*connection_, "thing", things).code(), absl::StatusCode::kAlreadyExists);
    EXPECT_EQ(All().size(), 1u);
  }
}

TEST_F(ColumnsTest, WhatTheServerRefusesIsAnError) {
  for (const int count : {10, 200}) {
    std::vector<Thing> things;
    for (int i = 0; i < count; ++i) things.push_back(Made(i));
    things[5].place.school = "\xff";
    EXPECT_EQ(kThing.Insert(*connection_, "thing", things).code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(All().empty());
  }
}

TEST_F(ColumnsTest, AnIdThatIsNoUuidIsNobodys) {
  ASSERT_TRUE(kThing.Insert(*connection_, "thing", {Made(1)}).ok());
  const auto found = [&](const std::string& id) {
    auto rows = connection_->Run("SELECT count(*) FROM thing WHERE id = $1", Params().Uuid(id));
    EXPECT_TRUE(rows.ok()) << rows.status();
    auto set = connection_->Run("SELECT count(*) FROM unnest($1) AS k (id) JOIN thing t ON t.id = k.id",
                                Params().Uuids({id, ""}));
    EXPECT_TRUE(set.ok()) << set.status();
    EXPECT_EQ(rows->Int(0, 0), set->Int(0, 0));
    return rows->Int(0, 0);
  };
  EXPECT_EQ(found(Made(1).id), 1);
  for (const char* id : {"", "nobody", "017F22E2-79B0-7CC3-98C4-DC0C0C071001"}) EXPECT_EQ(found(id), 0) << id;
  Thing nobody = Made(2);
  nobody.id = "nobody";
  EXPECT_FALSE(kThing.Insert(*connection_, "thing", {nobody}).ok()) << "a key is never NULL";
  for (const char* after : {"", "nobody", "00000000-0000-0000-0000-000000000000"}) {
    auto rows = connection_->Run("SELECT count(*) FROM thing WHERE id > $1", Params().UuidAfter(after));
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ(rows->Int(0, 0), 1) << after;
  }
}

TEST_F(ColumnsTest, ARowMayPointToAnother) {
  const Thing thing = Made(1);
  auto rows = connection_->Run(absl::StrCat("SELECT k.id, k.shard, k.n FROM ", kStored.UnnestNumbered("k")),
                               kStored.Arrays({{&thing, 5}}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->Uuid(0, 0), thing.id);
  EXPECT_EQ(rows->Int(0, 1), 5);
  EXPECT_EQ(rows->Int(0, 2), 1);
}

TEST_F(ColumnsTest, WhatIsSelectedMustBeOfTheTypesDescribed) {
  ASSERT_TRUE(kThing.Insert(*connection_, "thing", {Made(1)}).ok());
  auto other = kThing.ReadAll(connection_->Run("SELECT id, county FROM thing"));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInternal) << other.status();
  auto fewer = kThing.ReadAll(connection_->Run("SELECT county FROM thing"));
  EXPECT_EQ(fewer.status().code(), absl::StatusCode::kInternal) << fewer.status();
  EXPECT_FALSE(kThing.ReadAll(connection_->Run("SELECT nothing")).ok());
}

TEST(ColumnsTextTest, ListsNameEachColumnOnce) {
  constexpr Columns kSome{Field<&Thing::county>("county"), Field<&Thing::id>("c.id", kUuid),
                          Field<&Thing::count>("coalesce(x, 0)")};
  EXPECT_EQ(kSome.List("d."), "d.county, c.id, coalesce(x, 0)");
  EXPECT_EQ(kStored.Unnest("k", 3), "unnest($3, $4) AS k (shard, id)");
  EXPECT_EQ(kStored.Assignments("n.", 1), "id = n.id");
}

}  // namespace
}  // namespace tonghu::postgres
