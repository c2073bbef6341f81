// The condition in SQL lets through what the scope covers, row by row.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "libs/rights/sql.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::rights {
namespace {

using RightsSqlTest = harness::PostgresTest;

std::string Child(int number) { return fmt::format("00000000-0000-7000-8000-{:012}", number); }

Right RandomRight(std::mt19937& random) {
  const auto upto = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  Area area{.county = "520324"};
  switch (upto(4)) {
    case 0:
      area.township_code = fmt::format("t{}", upto(3));
      break;
    case 1:
      area.school_id = fmt::format("s{}", upto(5));
      break;
    case 2:
      area.school_id = fmt::format("s{}", upto(5));
      area.grade = 1 + upto(3);
      area.class_number = upto(3);
      break;
    default:
      area.child_ids = {Child(upto(200)), Child(upto(200))};
  }
  return {Role::kHelper, std::move(area)};
}

TEST_F(RightsSqlTest, TheConditionIsTheScope) {
  const auto db = OpenWith({});
  ASSERT_TRUE(db->Script("CREATE TABLE row_at (child_id uuid, school_id text, township_code text, grade "
                         "smallint, class_number smallint);"
                         "INSERT INTO row_at SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, "
                         "'0'))::uuid, 's' || n % 5, 't' || n % 5 % 3, 1 + n / 5 % 3, 1 + n / 15 % 2 FROM "
                         "generate_series(0, 199) n")
                  .ok());
  std::mt19937 random(20261126);
  std::set<std::string> texts;
  size_t inside = 0;
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<Right> rights;
    for (unsigned i = random() % 4; i > 0; --i) rights.push_back(RandomRight(random));
    const Scope scope = Scope::Of(rights, RoleSet(Role::kHelper), "520324");
    postgres::Params params = postgres::Params().Text("");
    const std::string condition = Condition(scope.filter(), {}, params);
    texts.insert(condition);
    const auto rows =
        db->Run(absl::StrCat("SELECT child_id, ", condition, " FROM row_at WHERE $1 = ''"), params);
    ASSERT_TRUE(rows.ok()) << rows.status() << condition;
    ASSERT_EQ(rows->rows(), 200);
    for (int n = 0; n < 200; ++n) {
      const directory::Place place{fmt::format("s{}", n % 5), fmt::format("t{}", n % 5 % 3), 1 + n / 5 % 3,
                                   1 + n / 15 % 2};
      ASSERT_EQ(rows->Bool(n, 1), scope.Covers(place, Child(n))) << condition << " of row " << n;
      inside += rows->Bool(n, 1) ? 1 : 0;
    }
  }
  EXPECT_GT(inside, 5000u);
  EXPECT_LE(texts.size(), 16u) << "few texts, so that statements stay prepared";
  postgres::Params params;
  EXPECT_EQ(Condition(Scope::Everything().filter(), {}, params), "TRUE");
  EXPECT_EQ(params.size(), 0);
  EXPECT_EQ(Condition(Scope().filter(), {}, params), "FALSE");
}

}  // namespace
}  // namespace tonghu::rights
