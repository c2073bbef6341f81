#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "libs/postgres/rows.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::postgres {
namespace {

class RowsTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
    ASSERT_TRUE(connection_
                    ->Script("CREATE TEMP TABLE t (a uuid, b integer, c bigint PRIMARY KEY, d boolean, e "
                             "text, f bytea, g timestamptz)")
                    .ok());
  }

  static std::string IdOf(int i) { return absl::StrFormat("01990000-0000-7000-8000-%012x", i); }
  static Rows Made(int count, int from = 0) {
    Rows rows("t", "a, b, c, d, e, f, g");
    for (int i = from; i < from + count; ++i) {
      rows.Next()
          .Uuid(IdOf(i))
          .Int(i * 1000)
          .Big(i * 10'000'000'000)
          .Bool(i % 2 == 1)
          .Text("谈心\t\\N\n")
          .Bytes(std::string("\0\xff", 2));
      rows.Time(i == 0 ? absl::InfinitePast() : absl::FromUnixSeconds(i));
    }
    return rows;
  }

  int64_t Number(const std::string& sql) {
    auto rows = connection_->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  std::unique_ptr<Connection> connection_;
};

// Few go one by one, many by COPY: the same must be there.
TEST_F(RowsTest, WhatIsStoredIsWhatWasGiven) {
  for (const int count : {1, 3, 4, 5000}) {
    ASSERT_TRUE(connection_->Script("TRUNCATE t").ok());
    ASSERT_TRUE(Made(count).InsertInto(*connection_).ok());
    auto rows = connection_->Run("SELECT a, b, c, d, e, f, g FROM t ORDER BY c");
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_EQ(rows->rows(), count);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(rows->Uuid(i, 0), IdOf(i));
      EXPECT_EQ(rows->Int(i, 1), i * 1000);
      EXPECT_EQ(rows->Int(i, 2), i * 10'000'000'000);
      EXPECT_EQ(rows->Bool(i, 3), i % 2 == 1);
      EXPECT_EQ(rows->Text(i, 4), "谈心\t\\N\n");
      EXPECT_EQ(rows->Text(i, 5), std::string_view("\0\xff", 2));
      EXPECT_EQ(rows->Time(i, 6), i == 0 ? absl::InfinitePast() : absl::FromUnixSeconds(i));
      if (HasFailure()) return;
    }
  }
}

TEST_F(RowsTest, ARowThatIsThereAlreadyLeavesNothingOfTheOthersAndAUsableConnection) {
  ASSERT_TRUE(Made(1, 7).InsertInto(*connection_).ok());
  EXPECT_EQ(Made(100).InsertInto(*connection_).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(Made(1, 7).InsertInto(*connection_).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(RowsTest, WhatTheServerRefusesIsAnError) {
  Rows rows("t", "c, e");
  for (int i = 0; i < 10; ++i) rows.Next().Big(i).Text(i == 5 ? "\xff" : "x");
  EXPECT_EQ(rows.InsertInto(*connection_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 0);
}

}  // namespace
}  // namespace tonghu::postgres
