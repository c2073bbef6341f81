// Somebody leaves, on a real stack: their children are listed and told of until they are handed over, nobody
// is told through them any more, and their account is closed.
#include "libs/client/first_sign_in.h"
#include "libs/refusal/refusal.h"
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr char kPassword[] = "Juhua#Tea-7";

class LeftTest : public PairingTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(PairingTest::SetUp());
    helper_ = pair(0).helper;
    for (const fault::Paired& one : province_->paired()) {
      if (one.helper == helper_) theirs_.push_back(one);
    }
  }

  void Put(const std::string& name, bool left) {
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name(name);
    put.mutable_staff_member()->set_display_name("石小芬");
    put.mutable_staff_member()->set_left(left);
    const auto stored = clients().Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put);
    ASSERT_TRUE(stored.ok()) << stored.status();
    ASSERT_EQ(stored->left(), left);
  }
  // The helper leaves while pairing and access are off, and find out later.
  void Leave() {
    for (const char* service : {"pairing-1", "access-1"}) ASSERT_TRUE(province_->stack().Kill(service).ok());
    Put(helper_, true);
    for (const char* service : {"pairing-1", "access-1"}) ASSERT_TRUE(province_->stack().Start(service).ok());
    ASSERT_TRUE(province_->Quiet().ok());
  }
  // The child's alerts of a kind.
  std::vector<alerts::v1::Alert> Told(const fault::Paired& pair, alerts::v1::AlertKind kind) {
    auto listed = fault::Alerts(clients(), "counties/" + pair.county, pair.child);
    EXPECT_TRUE(listed.ok()) << listed.status();
    auto alerts = listed.value_or(std::vector<alerts::v1::Alert>());
    std::erase_if(alerts, [&](const auto& one) { return one.kind() != kind; });
    return alerts;
  }
  // Who was told, in order.
  static std::vector<std::string> People(const alerts::v1::Alert& alert) {
    std::vector<std::string> people;
    for (const auto& entry : alert.entries()) {
      if (entry.action() == alerts::v1::ALERT_ACTION_TOLD) people.push_back(entry.staff_member());
    }
    return people;
  }
  template <class Reply>
  static std::string ReasonOf(const absl::StatusOr<Reply>& reply) {
    return reply.ok() ? "" : refusal::Of(reply.status()).reason;
  }
  absl::StatusOr<access::v1::Session> SignIn(const client::SignedIn& person) {
    access::v1::CreateSessionRequest request;
    request.set_login(person.login);
    request.set_password(person.password);
    return clients().Call(&access::v1::SessionService::Stub::CreateSession, request);
  }
  absl::StatusOr<access::v1::Account> Enable(const client::SignedIn& person) {
    access::v1::SetAccountDisabledRequest request;
    request.set_name(person.account);
    return clients().Call(&access::v1::AccountService::Stub::SetAccountDisabled, request);
  }
  // Hands everything that the helper has to somebody else.
  void HandOverAll(const std::string& to) {
    v1::ListPairingsRequest list;
    list.set_parent("counties/" + pair(0).county);
    list.set_helper(helper_);
    const auto load = clients().Call(&v1::PairingService::Stub::ListPairings, list);
    ASSERT_TRUE(load.ok()) << load.status();
    v1::BatchHandOverPairingsRequest request;
    request.set_parent(list.parent());
    request.set_new_helper(to);
    for (const v1::Pairing& pairing : load->pairings()) request.add_names(pairing.name());
    ASSERT_EQ(request.names_size(), static_cast<int>(theirs_.size())) << "no pairing was ended silently";
    const auto handed = clients().Call(&v1::PairingService::Stub::BatchHandOverPairings, request);
    ASSERT_TRUE(handed.ok()) << handed.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }

  std::string helper_;
  std::vector<fault::Paired> theirs_;
};

TEST_F(LeftTest, NobodyIsLeftWithSomebodyWhoIsGone) {
  AdvanceTo(On(9, 1, 10));
  ASSERT_NO_FATAL_FAILURE(Leave());
  EXPECT_THAT(Uncovered(pair(0).county), SizeIs(theirs_.size()));
  EXPECT_THAT(Uncovered(pair(0).county), Each(Pair(testing::_, v1::UNCOVERED_REASON_HELPER_LEFT)));
  EXPECT_EQ(province_->Number("pairing", "SELECT count(*) FROM coverage_gap").value_or(-1),
            static_cast<int64_t>(theirs_.size()))
      << "at once, not within the hour";
  v1::CreatePairingRequest create;
  create.set_parent("counties/" + pair(0).county);
  create.mutable_pairing()->set_child(OtherOf(pair(0)).child);
  create.mutable_pairing()->set_helper(helper_);
  create.mutable_pairing()->set_role(v1::PAIRING_ROLE_HELPER_TEACHER);
  EXPECT_EQ(ReasonOf(clients().Call(&v1::PairingService::Stub::CreatePairing, create)),
            "STAFF_MEMBER_NOT_FOUND");

  AdvanceTo(On(9, 8, 9));
  EXPECT_THAT(Told(pair(0), alerts::v1::ALERT_KIND_UNCOVERED), IsEmpty());
  AdvanceTo(On(9, 8, 10));
  for (const fault::Paired& one : theirs_) {
    const auto told = Told(one, alerts::v1::ALERT_KIND_UNCOVERED);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told.front().level(), alerts::v1::LEVEL_SCHOOL_HEAD);
  }
  HandOverAll(OtherOf(pair(0)).helper);
  EXPECT_THAT(Uncovered(pair(0).county), IsEmpty());
  for (const fault::Paired& one : theirs_) {
    const auto told = Told(one, alerts::v1::ALERT_KIND_UNCOVERED);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told.front().resolution(), "已有人负责，或不再需要");
  }
  EXPECT_EQ(province_->Number("pairing", "SELECT count(*) FROM coverage_gap").value_or(-1), 0);
}

TEST_F(LeftTest, WhatTheyOwedIsMissedAndToldToSomebodyElse) {
  AdvanceTo(On(9, 1, 10));
  ASSERT_NO_FATAL_FAILURE(Leave());
  AdvanceTo(On(9, 9, 1));
  const auto missed = Told(pair(0), alerts::v1::ALERT_KIND_DUTY_MISSED);
  ASSERT_THAT(missed, SizeIs(1));
  ASSERT_FALSE(People(missed.front()).empty()) << "the ladder begins with somebody who is there";
  EXPECT_THAT(People(missed.front()), Each(testing::Ne(helper_)));
  const std::string duty = Duties(pair(0)).front().name();
  EXPECT_EQ(Talk(pair(0), helper_, On(9, 1, 9)), duty) << "what was done before still counts";
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Told(pair(0), alerts::v1::ALERT_KIND_DUTY_MISSED).front().state(),
            alerts::v1::ALERT_STATE_RESOLVED);
}

TEST_F(LeftTest, ANewClassTeacherHasTheChildrenAtOnceAndWhoIsBackHasThem) {
  AdvanceTo(On(9, 1, 10));
  // The pairing is made by class, so that it follows.
  End(Lasting(pair(0)).name(), v1::PAIRING_END_REASON_OTHER_PAIRING);
  EXPECT_EQ(PairByClass(pair(0).county).paired(), 1);
  ASSERT_EQ(Lasting(pair(0)).helper(), helper_);
  ASSERT_NO_FATAL_FAILURE(Leave());
  const std::string next = "counties/" + pair(0).county + "/staffMembers/next";
  ASSERT_NO_FATAL_FAILURE(Put(next, false));
  SetClassTeacher(ChildOf(pair(0)), next);
  EXPECT_EQ(Lasting(pair(0)).helper(), next);
  EXPECT_FALSE(Uncovered(pair(0).county).contains(pair(0).child));

  ASSERT_NO_FATAL_FAILURE(Put(next, true));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Uncovered(pair(0).county)[pair(0).child], v1::UNCOVERED_REASON_HELPER_LEFT);
  ASSERT_NO_FATAL_FAILURE(Put(next, false));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Uncovered(pair(0).county)[pair(0).child], v1::UNCOVERED_REASON_NOT_MOVED)
      << "the post does not come back by itself";
  EXPECT_EQ(province_
                ->Number("pairing",
                         "SELECT count(*) FROM coverage_gap WHERE child_id = '" + IdOf(pair(0).child) + "'")
                .value_or(-1),
            0);
}

TEST_F(LeftTest, TheirAccountIsClosedUntilSomebodyOpensIt) {
  const auto slip = client::MakeAccount(clients(), helper_);
  ASSERT_TRUE(slip.ok()) << slip.status();
  const auto person = client::SignInFirst(clients(), *slip, kPassword);
  ASSERT_TRUE(person.ok()) << person.status();
  ASSERT_TRUE(SignIn(*person).ok());
  ASSERT_NO_FATAL_FAILURE(Leave());
  EXPECT_EQ(ReasonOf(SignIn(*person)), "ACCOUNT_DISABLED");
  access::v1::GetSessionRequest get;
  get.set_session_token(person->token);
  EXPECT_EQ(ReasonOf(clients().Call(&access::v1::SessionService::Stub::GetSession, get)), "SESSION_OVER");
  EXPECT_EQ(ReasonOf(Enable(*person)), "STAFF_MEMBER_HAS_LEFT");
  ASSERT_NO_FATAL_FAILURE(Put(helper_, false));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(ReasonOf(SignIn(*person)), "ACCOUNT_DISABLED") << "coming back opens nothing";
  EXPECT_EQ(ReasonOf(Enable(*person)), "");
  EXPECT_EQ(ReasonOf(SignIn(*person)), "");
}

}  // namespace
}  // namespace tonghu::system_test
