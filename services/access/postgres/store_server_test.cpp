// What the stores' statements find, change and leave alone, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "libs/directory/migrations.h"
#include "libs/directory/read_model.h"
#include "libs/ids/ids.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/migrations.h"
#include "services/access/postgres/rights_store.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::access {
namespace {

using directory::PostKind;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

std::string Id(const std::string& name) { return ids::Derived(name); }

class AccessStoreTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(
        db_->Script(
               "TRUNCATE account, old_password, recovery_code, granted, glass_breaking, helping, post, child")
            .ok());
  }

  static Account New(const std::string& login, const std::string& staff = "") {
    return {.county = "520203",
            .id = Id(login),
            .login = login,
            .display_name = "赵永华",
            .staff_id = staff,
            .password = "hash",
            .password_time = kNow,
            .factor = std::string("\0sealed", 7),
            .create_time = kNow};
  }
  // Stores one account.
  Account Stored(const std::string& login, const std::string& staff = "") {
    const Account account = New(login, staff);
    EXPECT_THAT(InsertAccounts(*db_, {&account, 1}).value_or(std::vector<std::string>()),
                ElementsAre(account.id));
    return account;
  }
  std::vector<Right> RightsOf(const Account& account, absl::Time now = kNow) {
    auto sources = LoadSources(*db_, account, now);
    EXPECT_TRUE(sources.ok()) << sources.status();
    return sources.ok() ? RightsFrom(*std::move(sources)) : std::vector<Right>();
  }
  void PutPost(const std::string& county, const std::string& id, PostKind kind, const std::string& holder,
               const std::string& deputy = "") {
    directory::Facts facts;
    facts.posts.push_back(
        {county, id, kind, {.school_id = "S1", .grade = 3, .class_number = 1}, {{holder, ""}, {deputy, ""}}});
    ASSERT_TRUE(directory::Store(*db_, facts).ok());
  }
  std::unique_ptr<postgres::Connection> db_;
};

TEST_F(AccessStoreTest, AccountsAreFoundAsTheyWereStored) {
  Account account = New("zhao", "T1");
  account.api_key = "key";
  ASSERT_TRUE(InsertAccounts(*db_, {&account, 1}).ok());
  for (const auto& found : {LoadAccount(*db_, {"520203", account.id}), FindAccountByLogin(*db_, "zhao"),
                            FindAccountByApiKey(*db_, "key")}) {
    ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
    EXPECT_EQ((*found)->Name(), account.Name());
    EXPECT_EQ((*found)->factor, account.factor);
    EXPECT_EQ((*found)->password_time, kNow);
    EXPECT_EQ((*found)->sign_in_time, absl::InfinitePast());
  }
  EXPECT_FALSE(FindAccountByLogin(*db_, "other")->has_value());
  EXPECT_FALSE(FindAccountByApiKey(*db_, "")->has_value());
  EXPECT_FALSE(LoadAccount(*db_, {"520203", "no uuid"})->has_value());
}

TEST_F(AccessStoreTest, ALoginAndAStaffMemberHaveOneAccount) {
  Stored("zhao", "T1");
  Account elsewhere = New("zhao");
  elsewhere.county = "520324";
  elsewhere.id = Id("elsewhere");
  const std::vector<Account> wanted = {New("shi", "T1"), elsewhere, New("zhong", "H1"), New("nobodys")};
  EXPECT_THAT(InsertAccounts(*db_, wanted).value(), UnorderedElementsAre(Id("zhong"), Id("nobodys")));
  const auto listed = ListAccounts(*db_, AccountPage{"520203", "nobodys", 10});
  EXPECT_THAT(*listed, ElementsAre(Field(&Account::login, "zhao"), Field(&Account::login, "zhong")));
}

TEST_F(AccessStoreTest, AnAccountIsChangedFromWhatItWasOnly) {
  const Account before = Stored("zhao");
  Account after = before;
  after.password = "other";
  after.epoch = 2;
  EXPECT_THAT(UpdateAccount(*db_, before, after).value(), true);
  EXPECT_THAT(UpdateAccount(*db_, before, after).value(), false);
  EXPECT_THAT(*FindAccountByLogin(*db_, "zhao"), Optional(Field(&Account::password, "other")));
}

TEST_F(AccessStoreTest, ASubjectHasOneAccount) {
  Account account = New("zhao"), other = New("shi");
  account.federated = other.federated = {"https://sso.example.gov.cn", "zhaoyonghua"};
  other.county = "520324";
  EXPECT_THAT(InsertAccounts(*db_, {&account, 1}).value(), ElementsAre(account.id));
  EXPECT_THAT(InsertAccounts(*db_, {&other, 1}).value(), IsEmpty());
  Stored("nobodys");  // any number of accounts are bound to nobody
  Stored("nobodys-too");
  const std::vector<FederatedSubject> asked = {account.federated, {"https://sso.example.gov.cn", "x"}, {}};
  EXPECT_THAT(LoadAccountsBoundTo(*db_, asked).value(), ElementsAre(Field(&Account::login, "zhao")));
  EXPECT_THAT(HoldSubjects(*db_, asked).value(), ElementsAre(Field(&Account::federated, account.federated)));
}

TEST_F(AccessStoreTest, WhoBindsASubjectIsSeenByWhoeverWaits) {
  Account account = New("zhao");
  account.federated = {"sso", "zhaoyonghua"};
  const auto other = OpenWith({directory::Migrations(), Migrations()});
  auto binding = postgres::Transaction::Begin(*db_);
  ASSERT_TRUE(binding.ok());
  EXPECT_THAT(HoldSubjects(*db_, {&account.federated, 1}).value(), IsEmpty());
  std::thread waiting([&] {
    auto late = postgres::Transaction::Begin(*other);
    EXPECT_THAT(HoldSubjects(*other, {&account.federated, 1}).value(),
                ElementsAre(Field(&Account::login, "zhao")));
  });
  EXPECT_THAT(InsertAccounts(*db_, {&account, 1}).value(), ElementsAre(account.id));
  EXPECT_TRUE(binding->Commit().ok());
  waiting.join();
}

TEST_F(AccessStoreTest, ASignInIsKeptOfTheAccountAsItIsBoundOnly) {
  Account account = New("zhao");
  account.federated = {"sso", "zhaoyonghua"};
  ASSERT_TRUE(InsertAccounts(*db_, {&account, 1}).ok());
  EXPECT_TRUE(KeepSignIn(*db_, account, kNow).value());
  EXPECT_THAT(*FindAccountByLogin(*db_, "zhao"), Optional(Field(&Account::sign_in_time, kNow)));
  Account other = account;
  other.federated.subject = "shixiaofen";
  EXPECT_FALSE(KeepSignIn(*db_, other, kNow).value());
  other = account;
  ++other.epoch;
  EXPECT_FALSE(KeepSignIn(*db_, other, kNow).value());
  other = account;
  other.disabled = true;
  ASSERT_TRUE(UpdateAccount(*db_, account, other).value());
  EXPECT_FALSE(KeepSignIn(*db_, account, kNow).value());
}

TEST_F(AccessStoreTest, AStepIsTakenOnce) {
  const Account account = Stored("zhao");
  EXPECT_TRUE(TakeStep(*db_, account, 100, kNow).value());
  EXPECT_FALSE(TakeStep(*db_, account, 100, kNow).value());
  EXPECT_FALSE(TakeStep(*db_, account, 99, kNow).value());
  EXPECT_TRUE(TakeStep(*db_, account, 101, kNow).value());
  const auto found = *FindAccountByLogin(*db_, "zhao");
  EXPECT_TRUE(found->factor_confirmed);
  EXPECT_EQ(found->sign_in_time, kNow);
  Account other_factor = account;
  other_factor.factor = "replaced meanwhile";
  EXPECT_FALSE(TakeStep(*db_, other_factor, 200, kNow).value());
}

TEST_F(AccessStoreTest, ARecoveryCodeIsUsedOnce) {
  const Account account = Stored("zhao"), other = Stored("shi");
  ASSERT_TRUE(ReplaceRecoveryCodes(*db_, account, {"a", "b"}).ok());
  EXPECT_FALSE(TakeRecoveryCode(*db_, account, "a", kNow).value());  // the factor is not confirmed
  ASSERT_TRUE(TakeStep(*db_, account, 1, kNow).value());
  ASSERT_TRUE(TakeStep(*db_, other, 1, kNow).value());
  ASSERT_TRUE(ReplaceRecoveryCodes(*db_, account, {"a", "b"}).ok());
  EXPECT_FALSE(TakeRecoveryCode(*db_, other, "a", kNow).value());
  EXPECT_TRUE(TakeRecoveryCode(*db_, account, "a", kNow).value());
  EXPECT_FALSE(TakeRecoveryCode(*db_, account, "a", kNow).value());
  ASSERT_TRUE(ReplaceRecoveryCodes(*db_, account, {"c"}).ok());
  EXPECT_FALSE(TakeRecoveryCode(*db_, account, "b", kNow).value());
}

TEST_F(AccessStoreTest, OldPasswordsNewestFirst) {
  Account account = Stored("zhao");
  for (int i = 1; i <= 3; ++i) {
    account.password = std::to_string(i);
    account.password_time = kNow + absl::Hours(i);
    ASSERT_TRUE(AddOldPassword(*db_, account).ok());
  }
  EXPECT_THAT(LoadOldPasswords(*db_, account, 2).value(), ElementsAre("3", "2"));
}

TEST_F(AccessStoreTest, RightsFollowPosts) {
  const Account account = Stored("zhao", "T1"), nobodys = Stored("nobodys");
  PutPost("520203", "class_teacher-S1-3-1", PostKind::kClassTeacher, "T1");
  PutPost("520203", "township_supervisor-520203104", PostKind::kTownshipSupervisor, "", "T1");
  PutPost("520203", "school_head-S1", PostKind::kSchoolHead, "H1", "T1");  // not vacant
  PutPost("520324", "county_office", PostKind::kCountyOffice, "T1");       // another T1
  PutPost("520203", "county_office", PostKind::kCountyOffice, "");         // vacant, without a deputy
  EXPECT_THAT(RightsOf(account),
              UnorderedElementsAre(
                  Field(&Right::role, Role::kClassTeacher),
                  Right{Role::kTownshipSupervisor, {.county = "520203", .township_code = "520203104"}}));
  EXPECT_THAT(RightsOf(nobodys), IsEmpty());
  PutPost("520203", "class_teacher-S1-3-1", PostKind::kClassTeacher, "T2");
  PutPost("520203", "township_supervisor-520203104", PostKind::kTownshipSupervisor, "T2", "T1");
  EXPECT_THAT(RightsOf(account), IsEmpty());
}

TEST_F(AccessStoreTest, ACountyGivesNoMoreThanTheCounty) {
  const Account account = Stored("zhao", "T1");
  PutPost("520203", "province_office", PostKind::kProvinceOffice, "T1");
  EXPECT_THAT(RightsOf(account), ElementsAre(Right{Role::kProvinceOfficer, {.county = "520203"}}));
}

TEST_F(AccessStoreTest, RightsFollowPairings) {
  const Account first = Stored("zhao", "T1"), second = Stored("shi", "T2");
  const auto helped = [&](const Account& account) {
    std::vector<std::string> children;
    for (const Right& right : RightsOf(account)) children = right.area.child_ids;
    return children;
  };
  const HelpingRow pairing{"520203", Id("child"), "T1", Id("p1")},
      other{"520203", Id("other"), "T1", Id("p2")};
  ASSERT_TRUE(StoreHelping(*db_, {.now = {pairing, other}}).ok());
  EXPECT_THAT(helped(first), UnorderedElementsAre(Id("child"), Id("other")));
  ASSERT_TRUE(StoreHelping(*db_, {.gone = {pairing}, .now = {{"520203", Id("child"), "T2", Id("p3")}}}).ok());
  EXPECT_THAT(helped(first), ElementsAre(Id("other")));
  EXPECT_THAT(helped(second), ElementsAre(Id("child")));
  ASSERT_TRUE(StoreHelping(*db_, {.ended = {{"520203", Id("child"), "", Id("p3")}}}).ok());
  EXPECT_THAT(helped(second), IsEmpty());
}

TEST_F(AccessStoreTest, GrantsAndBrokenGlassEndByTheirTime) {
  const Account account = Stored("zhao");
  GrantRow grant{.county = "520203",
                 .account_id = account.id,
                 .grant_id = Id("g"),
                 .end_time = kNow + absl::Hours(1),
                 .reason = "代班",
                 .author = "operators/local",
                 .create_time = kNow};
  const Right right{Role::kHelper, {.county = "520203", .child_ids = {Id("a"), Id("b")}}};
  grant.set_right(right);
  ASSERT_TRUE(InsertGrant(*db_, grant).ok());
  BreakingRow breaking{"520203",       Id("x"), Id("child"),          account.Name(),
                       "家长无法联系", kNow,    kNow + absl::Hours(2)};
  ASSERT_TRUE(InsertBreaking(*db_, breaking).ok());
  const Right opened{Role::kGlassBreaker, {.county = "520203", .child_ids = {Id("child")}}};
  EXPECT_THAT(RightsOf(account), ElementsAre(right, opened));
  EXPECT_THAT(RightsOf(account, kNow + absl::Hours(1)), ElementsAre(opened));
  EXPECT_THAT(RightsOf(account, kNow + absl::Hours(2)), IsEmpty());
  ASSERT_TRUE(SetGrantEnd(*db_, grant, kNow).ok());
  EXPECT_THAT(RightsOf(account), ElementsAre(opened));
  EXPECT_THAT(LoadGrants(*db_, "520203", account.id).value(), ElementsAre(Field(&GrantRow::end_time, kNow)));
  EXPECT_THAT(ListBreakings(*db_, BreakingPage{"520203", Id("child"), "", 10, {.everything = true}}).value(),
              ElementsAre(Field(&BreakingRow::reason, "家长无法联系")));
  EXPECT_THAT(ListBreakings(*db_, BreakingPage{"520203", Id("other"), "", 10, {.everything = true}}).value(),
              IsEmpty());
  // Whoever may not see the child does not see who opened its file.
  const auto listed = [&](rights::Filter within) {
    return ListBreakings(*db_, BreakingPage{"520203", "", "", 10, std::move(within)}).value().size();
  };
  EXPECT_EQ(listed({.children = {Id("child")}}), 1u);
  EXPECT_EQ(listed({.children = {Id("other")}}), 0u);
  EXPECT_EQ(listed({.schools = {"S1"}}), 0u) << "the directory does not have the child there";
  EXPECT_EQ(listed({}), 0u);
}

}  // namespace
}  // namespace tonghu::access
