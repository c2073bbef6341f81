// Limits on helpers' loads, in a real PostgreSQL: who may get one more child, and who has too many.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/journal/migrations.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/app/load_limits.h"
#include "services/pairing/app/pairings.h"
#include "services/pairing/postgres/migrations.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return clock::StartOf(absl::CivilDay(2026, 9, 7)) + absl::Hours(10); }
  bool is_virtual() const override { return true; }
};

std::string Child(int n) {
  return absl::StrCat("counties/520324/children/", ids::Derived(absl::StrCat("c", n)));
}
std::string Helper(const std::string& id) { return "counties/520324/staffMembers/" + id; }

// Children 0 to 19 of school s, class 3-1; helpers a and b of school s, and t, who is of no school.
class LoadLimitsTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(
        db_->Script(
               "GRANT TRUNCATE ON journal TO CURRENT_USER; TRUNCATE child, staff, school, post, pairing, "
               "duty, load_limit, journal, journal_head; "
               "INSERT INTO journal_head VALUES (0, 0); "
               "INSERT INTO school VALUES ('520324', 's', '520324104'), ('520324', 'r', '520324105'); "
               "INSERT INTO staff VALUES ('520324', 'a', '甲', 's', 1), ('520324', 'b', '乙', 's', 2), "
               "('520324', 't', '丙', '', 0)")
            .ok());
    for (int n = 0; n < 20; ++n) {
      ASSERT_TRUE(db_->Run("INSERT INTO child SELECT '520324', $1, 's', '520324104', 3, 1",
                           postgres::Params().Uuid(ids::Derived(absl::StrCat("c", n))))
                      .ok());
    }
  }

  // Decides commands of one kind in one transaction; gives the replies.
  template <class Reply, class Request, class Decider>
  std::vector<absl::StatusOr<Reply>> Decide(const std::vector<Request>& requests, Decider decide) {
    const std::string county = "520324", actor = "actors/a", none;
    std::vector<absl::StatusOr<Reply>> replies(requests.size(), absl::UnknownError("undecided"));
    std::vector<journal::Command<Request, Reply>> commands;
    for (size_t i = 0; i < requests.size(); ++i)
      commands.push_back({&county, &actor, &none, &check_child_, &requests[i], &replies[i]});
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    EXPECT_TRUE(transaction->Enter({}).ok());
    const absl::Status decided = decide(*transaction, commands);
    EXPECT_TRUE(decided.ok()) << decided;
    const absl::Status committed = transaction->Commit();
    EXPECT_TRUE(committed.ok()) << committed;
    return replies;
  }

  static v1::CreatePairingRequest Pair(int child, const std::string& helper,
                                       v1::PairingRole role = v1::PAIRING_ROLE_HELPER_TEACHER) {
    v1::CreatePairingRequest request;
    request.set_parent("counties/520324");
    request.mutable_pairing()->set_child(Child(child));
    request.mutable_pairing()->set_helper(Helper(helper));
    request.mutable_pairing()->set_role(role);
    return request;
  }
  template <class Reply>
  static std::string Said(const absl::StatusOr<Reply>& reply) {
    if (reply.ok()) return "";
    return absl::StrCat(refusal::Of(reply.status()).reason, " ", refusal::Of(reply.status()).field);
  }
  // Makes pairings in one transaction; gives "" or "REASON field" of each.
  std::vector<std::string> Make(const std::vector<v1::CreatePairingRequest>& requests) {
    std::vector<std::string> said;
    names_.clear();
    for (const auto& reply : Decide<v1::Pairing>(requests, CreatePairings(ids_))) {
      said.push_back(Said(reply));
      names_.push_back(reply.ok() ? reply->name() : "");
    }
    return said;
  }
  std::string MakeTogether(const std::vector<v1::CreatePairingRequest>& requests) {
    v1::BatchCreatePairingsRequest batch;
    batch.set_parent("counties/520324");
    for (const auto& one : requests) *batch.add_requests() = one;
    const auto reply =
        Decide<v1::BatchCreatePairingsResponse>(std::vector{batch}, CreatePairings(ids_)).front();
    if (reply.ok()) EXPECT_EQ(reply->pairings_size(), batch.requests_size());
    return Said(reply);
  }
  std::string HandOver(const std::vector<std::string>& names, const std::string& helper) {
    v1::BatchHandOverPairingsRequest request;
    request.set_parent("counties/520324");
    for (const std::string& name : names) request.add_names(name);
    request.set_new_helper(Helper(helper));
    return Said(
        Decide<v1::BatchHandOverPairingsResponse>(std::vector{request}, HandOverPairings(ids_)).front());
  }
  std::string Put(v1::PairingRole role, const std::string& school, int most) {
    v1::PutLoadLimitRequest request;
    request.mutable_load_limit()->set_parent("counties/520324");
    request.mutable_load_limit()->set_role(role);
    if (!school.empty()) request.mutable_load_limit()->set_school("counties/520324/schools/" + school);
    request.mutable_load_limit()->set_max_children(most);
    return Said(Decide<v1::LoadLimit>(std::vector{request}, PutLoadLimits).front());
  }
  std::string Delete(v1::PairingRole role, const std::string& school) {
    v1::DeleteLoadLimitRequest request;
    request.set_role(role);
    if (!school.empty()) request.set_school("counties/520324/schools/" + school);
    return Said(Decide<v1::DeleteLoadLimitResponse>(std::vector{request}, DeleteLoadLimits).front());
  }
  // "school role most", with "!" for what is built in.
  std::vector<std::string> Limits() {
    v1::ListLoadLimitsRequest request;
    request.set_parent("counties/520324");
    auto listed = ListLoadLimits(*db_, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> limits;
    for (const v1::LoadLimit& one : listed->load_limits())
      limits.push_back(absl::StrCat(one.school(), " ", static_cast<int>(one.role()), " ", one.max_children(),
                                    one.built_in() ? "!" : ""));
    return limits;
  }
  // "helper role children/most".
  std::vector<std::string> Overloaded(const rights::Scope& scope = rights::Scope::Everything(),
                                      int page_size = 10) {
    v1::ListOverloadedHelpersRequest request;
    request.set_parent("counties/520324");
    request.set_page_size(page_size);
    std::vector<std::string> helpers;
    auto listed = ListOverloadedHelpers(*db_, scope, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    for (const v1::OverloadedHelper& one : listed->overloaded_helpers())
      helpers.push_back(absl::StrCat(one.helper().substr(one.helper().rfind('/') + 1), " ",
                                     static_cast<int>(one.role()), " ", one.children(), "/",
                                     one.max_children()));
    total_ = listed->total_size();
    return helpers;
  }
  int64_t Count() {
    auto rows = db_->Run("SELECT count(*) FROM pairing WHERE end_time IS NULL", postgres::Params());
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  std::unique_ptr<postgres::Connection> db_;
  const FixedClock clock_;
  ids::SeededSource ids_{7};
  journal::ChildCheck check_child_;
  int total_ = 0;                   // as Overloaded was told
  std::vector<std::string> names_;  // of the pairings that Make made last
};

constexpr v1::PairingRole kTeacher = v1::PAIRING_ROLE_HELPER_TEACHER,
                          kLeader = v1::PAIRING_ROLE_SCHOOL_LEADER;

TEST_F(LoadLimitsTest, OneTooManyIsRefusedAlsoWithinOneTransaction) {
  EXPECT_THAT(Make({Pair(0, "a"), Pair(1, "a"), Pair(2, "a"), Pair(3, "b")}),
              ElementsAre("", "", "LOAD_LIMIT_REACHED pairing.helper", ""));
  EXPECT_THAT(Make({Pair(4, "a")}), ElementsAre("LOAD_LIMIT_REACHED pairing.helper"));
  EXPECT_THAT(Make({Pair(4, "a", kLeader)}), ElementsAre("")) << "another role has another limit";
  std::vector<v1::CreatePairingRequest> whole_class;
  for (int n = 0; n < 20; ++n) whole_class.push_back(Pair(n, "t", v1::PAIRING_ROLE_CLASS_TEACHER));
  EXPECT_EQ(MakeTogether(whole_class), "") << "class teachers have no limit";
}

TEST_F(LoadLimitsTest, TheMostSpecificLimitHolds) {
  ASSERT_EQ(Put(kTeacher, "", 3), "");
  EXPECT_THAT(Make({Pair(0, "a"), Pair(1, "a"), Pair(2, "a"), Pair(3, "a")}),
              ElementsAre("", "", "", "LOAD_LIMIT_REACHED pairing.helper"));
  ASSERT_EQ(Put(kTeacher, "s", 4), "");
  EXPECT_THAT(Make({Pair(3, "a"), Pair(4, "a")}), ElementsAre("", "LOAD_LIMIT_REACHED pairing.helper"));
  EXPECT_THAT(Make({Pair(0, "t"), Pair(1, "t"), Pair(2, "t"), Pair(3, "t")}),
              ElementsAre("", "", "", "LOAD_LIMIT_REACHED pairing.helper"))
      << "who is of no school goes by the county";
  EXPECT_THAT(Limits(), ElementsAre(" 2 3", " 8 7!", "counties/520324/schools/s 2 4"));
  EXPECT_EQ(Delete(kTeacher, "s"), "");
  EXPECT_EQ(Delete(kTeacher, "s"), "LOAD_LIMIT_NOT_FOUND role");
  EXPECT_EQ(Delete(kTeacher, ""), "");
  EXPECT_THAT(Limits(), ElementsAre(" 2 2!", " 8 7!"));
  EXPECT_THAT(Overloaded(), ElementsAre("a 2 4/2", "t 2 3/2")) << "a limit that is lowered ends nothing";
  EXPECT_EQ(Count(), 7);
}

TEST_F(LoadLimitsTest, WhatIsEndedCountsNoMore) {
  ASSERT_THAT(Make({Pair(0, "a"), Pair(1, "a")}), ElementsAre("", ""));
  v1::EndPairingRequest end;
  end.set_name(names_[0]);
  end.set_reason(v1::PAIRING_END_REASON_PARENT_RETURNED);
  ASSERT_TRUE(Decide<v1::Pairing>(std::vector{end}, EndPairingsAsked).front().ok());
  EXPECT_THAT(Make({Pair(2, "a"), Pair(3, "a")}), ElementsAre("", "LOAD_LIMIT_REACHED pairing.helper"));
}

TEST_F(LoadLimitsTest, OfManyAllAreMadeOrNone) {
  EXPECT_EQ(MakeTogether({Pair(0, "a"), Pair(1, "a"), Pair(2, "b"), Pair(3, "a")}),
            "LOAD_LIMIT_REACHED requests[3].pairing.helper");
  EXPECT_EQ(MakeTogether({Pair(0, "a"), Pair(0, "a")}), "ALREADY_PAIRED requests[1].pairing.helper");
  EXPECT_EQ(MakeTogether({Pair(0, "a"), Pair(99, "a")}), "CHILD_NOT_FOUND requests[1].pairing.child");
  EXPECT_EQ(MakeTogether({Pair(0, "nobody")}), "STAFF_MEMBER_NOT_FOUND requests[0].pairing.helper");
  EXPECT_EQ(MakeTogether({Pair(0, "a", v1::PAIRING_ROLE_UNSPECIFIED)}),
            "PAIRING_ROLE_MISSING requests[0].pairing.role");
  EXPECT_EQ(MakeTogether({}), "BATCH_SIZE requests");
  v1::CreatePairingRequest elsewhere = Pair(0, "a");
  elsewhere.set_parent("counties/520203");
  EXPECT_EQ(MakeTogether({elsewhere}), "COUNTY_MISMATCH requests[0].parent");
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(MakeTogether({Pair(0, "a"), Pair(1, "a"), Pair(2, "b")}), "");
  EXPECT_EQ(Count(), 3);
  ASSERT_THAT(Make({Pair(3, "b")}), ElementsAre(""));
  EXPECT_EQ(MakeTogether({Pair(4, "t"), Pair(3, "b")}), "ALREADY_PAIRED requests[1].pairing.helper")
      << "paired meanwhile";
}

TEST_F(LoadLimitsTest, HandingOverNamesTheOneTooMany) {
  ASSERT_EQ(Put(kTeacher, "s", 5), "");
  ASSERT_THAT(Make({Pair(0, "a"), Pair(1, "a"), Pair(2, "a"), Pair(3, "a", kLeader)}),
              ElementsAre("", "", "", ""));
  const std::vector<std::string> names = {names_[3], names_[0], names_[1], names_[2]};
  EXPECT_EQ(HandOver(names, "t"), "LOAD_LIMIT_REACHED names[3]") << "two are the county's limit for teachers";
  EXPECT_THAT(Make({Pair(4, "t")}), ElementsAre(""));
  EXPECT_EQ(HandOver(names, "t"), "LOAD_LIMIT_REACHED names[2]");
  EXPECT_EQ(HandOver({names[0], names[1]}, "t"), "");
  EXPECT_EQ(HandOver({names[2], names[3]}, "b"), "") << "the school's limit is 5";
}

TEST_F(LoadLimitsTest, WhoHasTooManyIsListedWhereTheCallerSeesAChild) {
  ASSERT_EQ(Put(kTeacher, "", 5), "");
  for (const char* helper : {"a", "b", "t"})
    ASSERT_THAT(Make({Pair(0, helper), Pair(1, helper), Pair(2, helper)}), ElementsAre("", "", ""));
  EXPECT_THAT(Overloaded(), IsEmpty());
  ASSERT_EQ(Put(kTeacher, "s", 2), "");
  EXPECT_THAT(Overloaded(), ElementsAre("a 2 3/2", "b 2 3/2"));
  EXPECT_THAT(Overloaded(rights::Scope::Everything(), 1), ElementsAre("a 2 3/2"));
  EXPECT_EQ(total_, 2);
  const std::vector<rights::Right> here = {
      {rights::Role::kSchoolHead, {.county = "520324", .school_id = "s"}}};
  const std::vector<rights::Right> there = {
      {rights::Role::kSchoolHead, {.county = "520324", .school_id = "r"}}};
  EXPECT_THAT(Overloaded(rights::Scope::Of(here, rights::RoleSet{rights::Role::kSchoolHead}, "520324"), 10),
              ElementsAre("a 2 3/2", "b 2 3/2"));
  EXPECT_THAT(Overloaded(rights::Scope::Of(there, rights::RoleSet{rights::Role::kSchoolHead}, "520324"), 10),
              IsEmpty());
}

TEST_F(LoadLimitsTest, WhatCantBePut) {
  EXPECT_EQ(Put(v1::PAIRING_ROLE_UNSPECIFIED, "", 2), "PAIRING_ROLE_MISSING load_limit.role");
  EXPECT_EQ(Put(static_cast<v1::PairingRole>(99), "", 2), "PAIRING_ROLE_MISSING load_limit.role");
  EXPECT_EQ(Put(kTeacher, "nowhere", 2), "SCHOOL_NOT_FOUND load_limit.school");
  EXPECT_EQ(Put(kTeacher, "", 0), "LOAD_LIMIT_OUT_OF_RANGE load_limit.max_children");
  EXPECT_EQ(Put(kTeacher, "", 1001), "LOAD_LIMIT_OUT_OF_RANGE load_limit.max_children");
  EXPECT_EQ(Delete(v1::PAIRING_ROLE_UNSPECIFIED, ""), "PAIRING_ROLE_MISSING role");
}

}  // namespace
}  // namespace tonghu::pairing
