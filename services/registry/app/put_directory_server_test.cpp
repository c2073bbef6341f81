// Where staff work and of which sex they are, put one by one and by roster, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/ids/references.h"
#include "libs/journal/event_run.h"
#include "libs/journal/migrations.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/put_directory.h"
#include "services/registry/app/put_roster.h"
#include "services/registry/postgres/migrations.h"
#include "tests/harness/postgres_test.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::registry {
namespace {

using testing::ElementsAre;

class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'790'000'000); }
  bool is_virtual() const override { return true; }
};

class PutStaffTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(
        db_->Script("GRANT TRUNCATE ON journal TO CURRENT_USER; TRUNCATE school, staff, post, journal, "
                    "journal_head; INSERT INTO journal_head VALUES (0, 0); "
                    "INSERT INTO school VALUES ('520324', 's', '一小', '520324104')")
            .ok());
  }

  template <class Work>
  void InTransaction(Work work) {
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    ASSERT_TRUE(transaction->Enter({}).ok());
    work(*transaction);
    const absl::Status committed = transaction->Commit();
    ASSERT_TRUE(committed.ok()) << committed;
  }
  // Puts T1, changed by `change`; gives the answer.
  template <class Change>
  absl::StatusOr<v1::StaffMember> Put(Change change) {
    v1::PutStaffMemberRequest request;
    request.mutable_staff_member()->set_name("counties/520324/staffMembers/T1");
    request.mutable_staff_member()->set_display_name("石小芬");
    change(*request.mutable_staff_member());
    absl::StatusOr<v1::StaffMember> reply;
    InTransaction([&](journal::ShardTransaction& transaction) {
      const std::string county = "520324", actor = "actors/a", none;
      const journal::ChildCheck check;
      EXPECT_TRUE(PutStaffMember(transaction, {{&county, &actor, &none, &check, &request, &reply}}).ok());
    });
    return reply;
  }
  // Puts the head's post of the school; gives the refusal's "reason field", or the holder.
  std::string PutHead(const std::string& holder, const std::string& deputy = "") {
    v1::PutPostRequest request;
    request.set_parent("counties/520324");
    request.mutable_post()->set_kind(v1::POST_KIND_SCHOOL_HEAD);
    request.mutable_post()->set_school("counties/520324/schools/s");
    request.mutable_post()->set_holder(ids::NameOf("520324", "staffMembers", holder));
    request.mutable_post()->set_deputy(ids::NameOf("520324", "staffMembers", deputy));
    absl::StatusOr<v1::Post> reply;
    InTransaction([&](journal::ShardTransaction& transaction) {
      const std::string county = "520324", actor = "actors/a", none;
      const journal::ChildCheck check;
      EXPECT_TRUE(PutPost(transaction, {{&county, &actor, &none, &check, &request, &reply}}).ok());
    });
    if (reply.ok()) return reply->holder();
    const refusal::Refusal refused = refusal::Of(reply.status());
    return refused.reason + " " + refused.field;
  }
  // The posts, "id holder deputy;" each.
  std::string Posts() {
    auto posts = db_->Run(
        "SELECT coalesce(string_agg(post_id || ' ' || holder_id || ' ' || deputy_id || ';', '' ORDER BY "
        "post_id), "
        "'') FROM post");
    EXPECT_TRUE(posts.ok()) << posts.status();
    return posts.ok() ? posts->String(0, 0) : "";
  }
  // What was said since the last call: "staff_put T1 left", "post_put school_head-s T1 T2".
  std::vector<std::string> Said() {
    auto events = journal::ReadJournal(*db_, {"registry", 0, seen_ + 1, 1000});
    EXPECT_TRUE(events.ok()) << events.status();
    std::vector<std::string> said;
    for (const journal::Event& event : events.value_or(std::vector<journal::Event>())) {
      seen_ = event.seq;
      said.push_back(event.type + " " + event.key);
      events::v1::StaffPut member;
      events::v1::PostPut post;
      if (event.type == "staff_put" && member.ParseFromString(event.payload) && member.left())
        said.back() += " left";
      if (event.type == "post_put" && post.ParseFromString(event.payload))
        said.back() +=
            " " + post.holder_id() + post.holder_name() + " " + post.deputy_id() + post.deputy_name();
    }
    return said;
  }
  // Puts a roster of staff; gives "column reason" of its errors.
  std::string PutRoster(const std::string& rows) {
    std::string said;
    const auto table = csv::Parse("工号,姓名,电话,岗位,学校标识码,年级,班级,乡镇代码\n" + rows);
    EXPECT_TRUE(table.ok()) << table.status();
    InTransaction([&](journal::ShardTransaction& transaction) {
      RosterOutcome outcome;
      const StaffRoster roster = ReadStaff(*table, "520324", outcome.errors);
      EXPECT_TRUE(PutStaffRoster(transaction, roster, outcome).ok());
      for (const RowError& error : outcome.errors.Listed()) said += error.column + " " + error.reason + ";";
    });
    return said;
  }

  std::unique_ptr<postgres::Connection> db_;
  const FixedClock clock_;
  int64_t seen_ = 0;
};

TEST_F(PutStaffTest, WhatAPutLeavesOutStaysAndIsSaid) {
  const auto unknown = Put([](v1::StaffMember& member) { member.set_school("counties/520324/schools/x"); });
  EXPECT_EQ(refusal::Of(unknown.status()).reason, "SCHOOL_NOT_FOUND");
  EXPECT_EQ(refusal::Of(unknown.status()).field, "staff_member.school");
  const auto neither = Put([](v1::StaffMember& member) { member.set_sex(static_cast<v1::Sex>(7)); });
  EXPECT_EQ(refusal::Of(neither.status()).reason, "SEX_MISSING");
  ASSERT_TRUE(Put([](v1::StaffMember& member) {
                member.set_school("counties/520324/schools/s");
                member.set_sex(v1::SEX_FEMALE);
              }).ok());
  const auto kept = Put([](v1::StaffMember& member) { member.set_display_name("石晓芬"); });
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->school(), "counties/520324/schools/s");
  EXPECT_EQ(kept->sex(), v1::SEX_FEMALE);
  const auto events = journal::ReadJournal(*db_, {"registry", 0, 1, 100});
  ASSERT_TRUE(events.ok() && !events->empty()) << events.status();
  events::v1::StaffPut said;
  ASSERT_TRUE(said.ParseFromString(events->back().payload));
  EXPECT_EQ(said.school_id(), "s");
  EXPECT_EQ(said.sex(), v1::SEX_FEMALE);
  const auto none = Put([](v1::StaffMember& member) { member.set_school(""); });
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->school(), "") << "an empty one is none";
}

TEST_F(PutStaffTest, ARosterSaysTheSchoolAndLeavesTheSexWithoutItsColumn) {
  ASSERT_TRUE(Put([](v1::StaffMember& member) { member.set_sex(v1::SEX_FEMALE); }).ok());
  EXPECT_EQ(PutRoster("T1,石小芬,,班主任,s,3,1,\n"), "");
  const auto now = Put([](v1::StaffMember&) {});
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->school(), "counties/520324/schools/s");
  EXPECT_EQ(now->sex(), v1::SEX_FEMALE);
  EXPECT_EQ(PutRoster("T2,余开贵,,校长,nowhere,,,\nT3,安,,,nowhere,,,\n"),
            "学校标识码 SCHOOL_NOT_FOUND;学校标识码 SCHOOL_NOT_FOUND;")
      << "a post's unknown school is told once";
}

TEST_F(PutStaffTest, WhoLeavesHoldsNoPostAnyMore) {
  ASSERT_EQ(PutRoster("T1,石小芬,,班主任,s,3,1,\nT1,石小芬,,校长,s,,,\nT2,余开贵,,班主任,s,4,1,\n"), "");
  ASSERT_EQ(PutHead("T2", "T1"), "counties/520324/staffMembers/T2");
  Said();
  const auto left = Put([](v1::StaffMember& member) { member.set_left(true); });
  ASSERT_TRUE(left.ok() && left->left()) << left.status();
  EXPECT_EQ(Posts(), "class_teacher-s-3-1  ;class_teacher-s-4-1 T2 ;school_head-s T2 ;");
  EXPECT_THAT(Said(), ElementsAre("staff_put T1 left", "post_put class_teacher-s-3-1  ",
                                  "post_put school_head-s T2余开贵 "));
  EXPECT_EQ(PutHead("T1"), "STAFF_MEMBER_HAS_LEFT post.holder");
  EXPECT_EQ(PutHead("T2", "T1"), "STAFF_MEMBER_HAS_LEFT post.deputy");
  EXPECT_EQ(PutHead("T2"), "counties/520324/staffMembers/T2");

  const auto renamed = Put([](v1::StaffMember& member) { member.set_display_name("石晓芬"); });
  EXPECT_TRUE(renamed.ok() && renamed->left()) << "what is not said stays";
  EXPECT_EQ(PutRoster("T1,石小芬,,,s,,,\n"), "");
  EXPECT_EQ(PutRoster("T1,石小芬,,班主任,s,3,1,\n"), "工号 STAFF_MEMBER_HAS_LEFT;") << "an old list";
  EXPECT_TRUE(Put([](v1::StaffMember&) {})->left()) << "a roster brings nobody back";

  const auto back = Put([](v1::StaffMember& member) { member.set_left(false); });
  ASSERT_TRUE(back.ok() && !back->left()) << back.status();
  EXPECT_EQ(Posts(), "class_teacher-s-3-1  ;class_teacher-s-4-1 T2 ;school_head-s T2 ;")
      << "posts do not come back by themselves";
  EXPECT_EQ(PutHead("T1"), "counties/520324/staffMembers/T1");
}

}  // namespace
}  // namespace tonghu::registry
