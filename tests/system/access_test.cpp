// Who gets in, and what they may do then: sign-in with two factors on a real stack, guessing, what was taken
// away, and servers that go away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/client/first_sign_in.h"
#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/totp/totp.h"
#include "tests/harness/eventually.h"
#include "tests/harness/metrics.h"
#include "tests/system/stack_fixture.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using client::SignedIn;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
namespace v1 = access::v1;
using Accounts = v1::AccountService::Stub;
using Sessions = v1::SessionService::Stub;

constexpr char kPassword[] = "Juhua#Tea-7";
constexpr absl::Duration kStep = absl::Seconds(30);

class AccessTest : public SchoolTest {
 protected:
  // A new member of staff, signed in for the first time.
  static SignedIn NewPerson() {
    const std::string name = absl::StrCat(school_.county, "/staffMembers/P", ++people_);
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name(name);
    put.mutable_staff_member()->set_display_name("石小芬");
    EXPECT_TRUE(client().Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put).ok());
    auto slip = client::MakeAccount(client(), name);
    EXPECT_TRUE(slip.ok()) << slip.status();
    auto person = client::SignInFirst(client(), *slip, kPassword);
    EXPECT_TRUE(person.ok()) << person.status();
    return person.value_or(SignedIn());
  }
  static std::string StaffOf(const SignedIn& person) {
    return absl::StrCat(school_.county, "/staffMembers/P", person.login.substr(person.login.find("-p") + 2));
  }

  // One call of the session service, as the gateway would make it for somebody at an address.
  template <class Request, class Reply>
  static absl::StatusOr<Reply> From(const std::string& address,
                                    grpc::Status (Sessions::*method)(grpc::ClientContext*, const Request&,
                                                                     Reply*),
                                    const Request& request) {
    static const auto stub = v1::SessionService::NewStub(stack().Channel("access"));
    auto context = rpc::WithDeadline(absl::Seconds(30));
    context->AddMetadata("tonghu-address", address);
    Reply reply;
    const grpc::Status status = ((*stub).*method)(context.get(), request, &reply);
    if (!status.ok()) return rpc::FromGrpc(status);
    return reply;
  }
  static absl::StatusOr<v1::Session> Password(const std::string& address, const std::string& login,
                                              const std::string& password) {
    v1::CreateSessionRequest request;
    request.set_login(login);
    request.set_password(password);
    return From(address, &Sessions::CreateSession, request);
  }
  static absl::StatusOr<v1::Session> Code(const std::string& address, const std::string& token,
                                          const std::string& code) {
    v1::VerifySessionRequest request;
    request.set_session_token(token);
    request.set_code(code);
    return From(address, &Sessions::VerifySession, request);
  }
  static absl::StatusOr<v1::Session> Get(const std::string& token) {
    v1::GetSessionRequest request;
    request.set_session_token(token);
    return From("10.0.0.9", &Sessions::GetSession, request);
  }
  static absl::StatusOr<v1::Identity> Issue(const std::string& token) {
    v1::IssueIdentityRequest request;
    request.set_token(token);
    request.set_audience("registry");
    request.set_address("10.0.0.9");
    auto issued = From("10.0.0.9", &Sessions::IssueIdentity, request);
    if (!issued.ok()) return issued.status();
    EXPECT_LE(clock::ToTime(issued->reuse_until()), absl::Now() + absl::Seconds(5));
    v1::Identity identity;
    EXPECT_TRUE(identity.ParseFromString(issued->identity().identity()));
    EXPECT_EQ(identity.audience(), "registry");
    return identity;
  }
  // How many passwords access has hashed.
  static int Hashings() {
    const std::string metrics = harness::MetricsOf(stack(), "access-1");
    const size_t at = metrics.find("\ntonghu_password_hashings_total ");
    EXPECT_NE(at, std::string::npos) << metrics;
    return at == std::string::npos ? -1 : std::atoi(metrics.c_str() + metrics.find(' ', at));
  }
  // A code of the next half minute, which is taken as the present one is used up.
  static std::string NextCode(const SignedIn& person) {
    return totp::CodeAt(person.secret, absl::Now() + kStep);
  }
  static std::vector<int> RolesOf(const std::string& token) {
    std::vector<int> roles;
    auto session = Get(token);
    EXPECT_TRUE(session.ok()) << session.status();
    if (session.ok()) {
      for (const v1::Right& right : session->rights()) roles.push_back(right.role());
    }
    return roles;
  }
  static bool HasRole(const std::string& token, v1::Role role) {
    const std::vector<int> roles = RolesOf(token);
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
  static void PutHead(const std::string& holder) {
    registry::v1::PutPostRequest put;
    put.mutable_post()->set_kind(registry::v1::POST_KIND_SCHOOL_HEAD);
    put.mutable_post()->set_school(school_.school);
    PutPost(put, holder);
  }
  static void PutCountyOffice(const std::string& holder) {
    registry::v1::PutPostRequest put;
    put.mutable_post()->set_kind(registry::v1::POST_KIND_COUNTY_OFFICE);
    PutPost(put, holder);
  }
  static void PutPost(registry::v1::PutPostRequest put, const std::string& holder) {
    put.set_parent(school_.county);
    put.mutable_post()->set_holder(holder);
    auto done = client().Call(&registry::v1::DirectoryService::Stub::PutPost, put);
    ASSERT_TRUE(done.ok()) << done.status();
  }
  static absl::StatusOr<v1::Grant> GrantTo(const std::string& account, v1::Role role,
                                           absl::Duration lasts = absl::Hours(1)) {
    v1::CreateGrantRequest request;
    request.set_parent(account);
    request.mutable_grant()->mutable_right()->set_role(role);
    request.mutable_grant()->mutable_right()->mutable_area()->set_county("520203");
    clock::SetTime(absl::Now() + lasts, request.mutable_grant()->mutable_end_time());
    request.mutable_grant()->set_reason("测试");
    return client().Call(&Accounts::CreateGrant, request);
  }

  static inline int people_ = 0;
};

TEST_F(AccessTest, SlipsAreForOneFirstSignIn) {
  const SignedIn person = NewPerson();
  const auto session = Get(person.token);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->state(), v1::SESSION_STATE_ACTIVE);
  EXPECT_EQ(session->account(), person.account);
  EXPECT_EQ(session->staff_member(), StaffOf(person));
  EXPECT_EQ(session->session_token(), "");
  // The roster made again makes no second account.
  EXPECT_TRUE(absl::IsAlreadyExists(client::MakeAccount(client(), StaffOf(person)).status()));
}

TEST_F(AccessTest, ASessionDoesNothingUntilItIsComplete) {
  const SignedIn person = NewPerson();
  const auto half = Password("10.0.1.1", person.login, kPassword);
  ASSERT_TRUE(half.ok()) << half.status();
  EXPECT_EQ(half->state(), v1::SESSION_STATE_NEEDS_CODE);
  EXPECT_THAT(half->rights(), IsEmpty());
  EXPECT_EQ(ReasonOf(Issue(half->session_token())), "SESSION_INCOMPLETE");
  v1::ChangePasswordRequest change;
  change.set_session_token(half->session_token());
  change.set_password(kPassword);
  change.set_new_password("Another#Tea-8");
  EXPECT_EQ(ReasonOf(From("10.0.1.1", &Sessions::ChangePassword, change)), "SESSION_INCOMPLETE");
  const auto whole = Code("10.0.1.1", half->session_token(), NextCode(person));
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->state(), v1::SESSION_STATE_ACTIVE);
  EXPECT_TRUE(Issue(whole->session_token()).ok());
  // The token of before is worth nothing any more.
  EXPECT_EQ(ReasonOf(Get(half->session_token())), "SESSION_OVER");
}

TEST_F(AccessTest, ACodeIsGoodOnce) {
  const SignedIn person = NewPerson();
  const std::string code = NextCode(person);
  const auto first = Password("10.0.2.1", person.login, kPassword);
  const auto second = Password("10.0.2.2", person.login, kPassword);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(Code("10.0.2.1", first->session_token(), code).ok());
  EXPECT_EQ(ReasonOf(Code("10.0.2.2", second->session_token(), code)), "CODE_REFUSED");
}

TEST_F(AccessTest, GuessingSlowsTheGuesserAndNobodyElse) {
  const SignedIn person = NewPerson();
  // Two hundred passwords from one address.
  std::map<std::string, int> answers;
  for (int i = 0; i < 200; ++i)
    ++answers[ReasonOf(Password("10.0.3.1", person.login, absl::StrCat("guess", i)))];
  EXPECT_EQ(answers["SIGN_IN_REFUSED"] + answers["SIGN_IN_SLOWED"], 200);
  EXPECT_GE(answers["SIGN_IN_REFUSED"], 5);
  EXPECT_LE(answers["SIGN_IN_REFUSED"], 7);  // five at once, and one or two whose wait was over
  EXPECT_EQ(ReasonOf(Password("10.0.3.1", person.login, kPassword)), "SIGN_IN_SLOWED");
  // A thousand codes with the right password.
  auto session = Password("10.0.3.2", person.login, kPassword);
  ASSERT_TRUE(session.ok()) << session.status();
  answers.clear();
  for (int i = 0; i < 1000; ++i) {
    char code[7];
    std::snprintf(code, sizeof code, "%06d", i);
    ++answers[ReasonOf(Code("10.0.3.2", session->session_token(), code))];
  }
  EXPECT_EQ(answers["CODE_REFUSED"] + answers["SIGN_IN_SLOWED"], 1000);
  EXPECT_LE(answers["CODE_REFUSED"], 7);
  // The owner at another address is not slowed.
  session = Password("10.0.3.3", person.login, kPassword);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_TRUE(Code("10.0.3.3", session->session_token(), NextCode(person)).ok());
}

TEST_F(AccessTest, UnknownLoginsAreAnsweredAsWrongPasswords) {
  const SignedIn person = NewPerson();
  const auto known = Password("10.0.4.1", person.login, "wrong").status();
  const auto unknown = Password("10.0.4.2", "520203-nobody", "wrong").status();
  const auto malformed = Password("10.0.4.3", "' OR 1=1 --", std::string(5000, 'x')).status();
  EXPECT_EQ(ReasonOf(known), "SIGN_IN_REFUSED");
  EXPECT_EQ(known, unknown);
  EXPECT_EQ(known, malformed);
}

// Counted, since times tell little on a busy machine: the hash is all of a tenth of a second.
TEST_F(AccessTest, AnUnknownLoginCostsTheSameHashes) {
  const SignedIn person = NewPerson();
  registry::v1::PutStaffMemberRequest put;
  put.mutable_staff_member()->set_name(absl::StrCat(school_.county, "/staffMembers/N1"));
  put.mutable_staff_member()->set_display_name("石小芬");
  ASSERT_TRUE(client().Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put).ok());
  const auto newcomer = client::MakeAccount(client(), put.staff_member().name());
  ASSERT_TRUE(newcomer.ok()) << newcomer.status();
  const auto hashes = [](const std::string& address, const std::string& login, const std::string& password) {
    const int before = Hashings();
    EXPECT_EQ(ReasonOf(Password(address, login, password)), "SIGN_IN_REFUSED") << login;
    return Hashings() - before;
  };
  EXPECT_EQ(hashes("10.0.12.1", person.login, "wrong"), 1);
  EXPECT_EQ(hashes("10.0.12.2", "520203-nobody", "wrong"), 1);
  EXPECT_EQ(hashes("10.0.12.3", newcomer->login(), "wrong"), 1) << "with a first password";
  EXPECT_EQ(hashes("10.0.12.4", "no login at all", "wrong"), 1);
  EXPECT_EQ(hashes("10.0.12.5", person.login, std::string(5000, 'x')), 0);
  EXPECT_EQ(hashes("10.0.12.6", "520203-nobody", std::string(5000, 'x')), 0);
}

TEST_F(AccessTest, PasswordsFollowTheRules) {
  const SignedIn person = NewPerson();
  const auto change = [&](const std::string& old_one, const std::string& new_one) {
    v1::ChangePasswordRequest request;
    request.set_session_token(person.token);
    request.set_password(old_one);
    request.set_new_password(new_one);
    return From("10.0.5.1", &Sessions::ChangePassword, request);
  };
  EXPECT_EQ(ReasonOf(change("wrong", "Another#Tea-8")), "PASSWORD_WRONG");
  EXPECT_EQ(ReasonOf(change(kPassword, "short")), "PASSWORD_TOO_SHORT");
  EXPECT_EQ(ReasonOf(change(kPassword, kPassword)), "PASSWORD_USED_BEFORE");
  const auto changed = change(kPassword, "Another#Tea-8");
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->state(), v1::SESSION_STATE_ACTIVE);
  EXPECT_EQ(ReasonOf(Get(person.token)), "SESSION_OVER");
  EXPECT_TRUE(Get(changed->session_token()).ok());
  EXPECT_EQ(ReasonOf(Password("10.0.5.2", person.login, kPassword)), "SIGN_IN_REFUSED");
  v1::ChangePasswordRequest back;
  back.set_session_token(changed->session_token());
  back.set_password("Another#Tea-8");
  back.set_new_password(kPassword);
  EXPECT_EQ(ReasonOf(From("10.0.5.1", &Sessions::ChangePassword, back)), "PASSWORD_USED_BEFORE");
}

TEST_F(AccessTest, RightsFollowThePost) {
  const SignedIn person = NewPerson(), successor = NewPerson();
  EXPECT_THAT(RolesOf(person.token), IsEmpty());
  PutHead(StaffOf(person));
  EXPECT_TRUE(harness::Eventually([&] { return HasRole(person.token, v1::ROLE_SCHOOL_HEAD); }));
  const auto identity = Issue(person.token);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->actor(), person.account);
  ASSERT_THAT(identity->rights(), SizeIs(1));
  EXPECT_EQ(identity->rights(0).area().school_id(), "S1");
  EXPECT_THAT(Get(person.token)->permissions(), Not(IsEmpty()));
  PutHead(StaffOf(successor));
  EXPECT_TRUE(harness::Eventually([&] { return HasRole(successor.token, v1::ROLE_SCHOOL_HEAD); }));
  EXPECT_THAT(RolesOf(person.token), IsEmpty());
  EXPECT_THAT(Issue(person.token)->rights(), IsEmpty());
}

TEST_F(AccessTest, WhatIsTakenAwayIsGoneAtOnce) {
  const SignedIn person = NewPerson(), other = NewPerson();
  v1::ListSessionsRequest list;
  list.set_parent(person.account);
  auto listed = client().Call(&Accounts::ListSessions, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->sessions(), SizeIs(1));
  EXPECT_EQ(listed->sessions(0).session_token(), "");
  v1::RevokeSessionRequest revoke;
  revoke.set_parent(other.account);
  revoke.set_session(
      absl::StrCat(other.account, "/sessions/",
                   listed->sessions(0).name().substr(listed->sessions(0).name().rfind('/') + 1)));
  EXPECT_TRUE(client().Call(&Accounts::RevokeSession, revoke).ok());
  EXPECT_TRUE(Get(person.token).ok());  // another account's session does not end by such a name
  revoke.set_parent(person.account);
  revoke.set_session(listed->sessions(0).name());
  ASSERT_TRUE(client().Call(&Accounts::RevokeSession, revoke).ok());
  EXPECT_EQ(ReasonOf(Get(person.token)), "SESSION_OVER");
  EXPECT_EQ(ReasonOf(Issue(person.token)), "SESSION_OVER");

  v1::SetAccountDisabledRequest disable;
  disable.set_name(other.account);
  disable.set_disabled(true);
  ASSERT_TRUE(client().Call(&Accounts::SetAccountDisabled, disable).ok());
  EXPECT_EQ(ReasonOf(Issue(other.token)), "SESSION_OVER");
  EXPECT_EQ(ReasonOf(Password("10.0.6.1", other.login, kPassword)), "ACCOUNT_DISABLED");
  disable.set_disabled(false);
  ASSERT_TRUE(client().Call(&Accounts::SetAccountDisabled, disable).ok());
  EXPECT_EQ(ReasonOf(Issue(other.token)), "SESSION_OVER");  // it does not come back
}

TEST_F(AccessTest, AResetGivesANewSlip) {
  const SignedIn person = NewPerson();
  v1::ResetAccountRequest reset;
  reset.set_name(person.account);
  reset.set_second_factor(true);
  const auto answer = client().Call(&Accounts::ResetAccount, reset);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(ReasonOf(Get(person.token)), "SESSION_OVER");
  EXPECT_EQ(ReasonOf(Password("10.0.7.1", person.login, kPassword)), "SIGN_IN_REFUSED");
  const auto again = client::SignInFirst(client(), answer->slip(), "Another#Tea-8");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_NE(again->secret, person.secret);
}

TEST_F(AccessTest, GrantsKeepAdministratorsApart) {
  const SignedIn person = NewPerson();
  ASSERT_TRUE(GrantTo(person.account, v1::ROLE_AUDITOR).ok());
  EXPECT_THAT(RolesOf(person.token), testing::ElementsAre(v1::ROLE_AUDITOR));
  EXPECT_EQ(ReasonOf(GrantTo(person.account, v1::ROLE_SYSTEM_ADMINISTRATOR)), "ADMINISTRATORS_APART");
  EXPECT_EQ(ReasonOf(GrantTo(person.account, v1::ROLE_COUNTY_OFFICER)), "ADMINISTRATORS_APART");
  EXPECT_EQ(ReasonOf(GrantTo(person.account, v1::ROLE_GLASS_BREAKER)), "ROLE_NOT_GRANTABLE");
  EXPECT_EQ(ReasonOf(GrantTo(person.account, v1::ROLE_AUDITOR, absl::Hours(24 * 400))), "GRANT_END");
  v1::ListGrantsRequest list;
  list.set_parent(person.account);
  const auto grants = client().Call(&Accounts::ListGrants, list);
  ASSERT_THAT(grants->grants(), SizeIs(1));
  EXPECT_EQ(grants->grants(0).author(), "operators/local");
  v1::EndGrantRequest end;
  end.set_parent(person.account);
  end.set_grant(grants->grants(0).name());
  ASSERT_TRUE(client().Call(&Accounts::EndGrant, end).ok());
  EXPECT_THAT(RolesOf(person.token), IsEmpty());
}

TEST_F(AccessTest, ProgramsHaveKeys) {
  v1::BatchCreateAccountsRequest create;
  create.set_parent("counties/000000");
  create.add_accounts()->set_login("provincial-portal");
  create.mutable_accounts(0)->set_display_name("省门户");
  create.mutable_accounts(0)->set_kind(v1::ACCOUNT_KIND_PROGRAM);
  const auto made = client().Call(&Accounts::BatchCreateAccounts, create);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_THAT(made->slips(), SizeIs(1));
  EXPECT_EQ(made->slips(0).first_password(), "");
  v1::CreateApiKeyRequest key;
  key.set_name(made->slips(0).account());
  const auto first = client().Call(&Accounts::CreateApiKey, key);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(Issue(first->api_key()).ok());
  key.clear_request_id();
  const auto second = client().Call(&Accounts::CreateApiKey, key);
  EXPECT_EQ(ReasonOf(Issue(first->api_key())), "SESSION_OVER");
  const auto identity = Issue(second->api_key());
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->actor(), made->slips(0).account());
}

TEST_F(AccessTest, BrokenGlassIsToldToTheCountyOffice) {
  PutCountyOffice(school_.teacher);
  const auto child = harness::PutPairedChild(client(), school_);
  ASSERT_TRUE(child.ok()) << child.status();
  v1::BreakGlassRequest request;
  request.set_child(*child);
  request.set_reason("太短");
  EXPECT_EQ(ReasonOf(client().Call(&Accounts::BreakGlass, request)), "GLASS_REASON_SHORT");
  request.set_reason(std::string(501, 'x'));
  EXPECT_EQ(ReasonOf(client().Call(&Accounts::BreakGlass, request)), "GLASS_REASON_SHORT");
  request.set_reason("派出所来电核实儿童身份信息");
  const auto broken = client().Call(&Accounts::BreakGlass, request);
  ASSERT_TRUE(broken.ok()) << broken.status();
  v1::ListGlassBreakingsRequest list;
  list.set_parent(school_.county);
  list.set_child(*child);
  const auto listed = client().Call(&Accounts::ListGlassBreakings, list);
  ASSERT_THAT(listed->glass_breakings(), SizeIs(1));
  EXPECT_EQ(listed->glass_breakings(0).reason(), request.reason());
  alerts::v1::ListAlertsRequest alerts;
  alerts.set_parent(school_.county);
  alerts.set_child(*child);
  const auto raised = [&] {
    const auto found = client().Call(&alerts::v1::AlertService::Stub::ListAlerts, alerts);
    return found.ok() && found->alerts_size() == 1 &&
           found->alerts(0).kind() == alerts::v1::ALERT_KIND_GLASS_BROKEN &&
           found->alerts(0).level() == alerts::v1::LEVEL_COUNTY_OFFICE;
  };
  EXPECT_TRUE(harness::Eventually(raised));
}

TEST_F(AccessTest, WhatIsLostInRedisMakesPeopleSignInAgain) {
  const SignedIn person = NewPerson();
  ASSERT_TRUE(stack().Kill("redis").ok());
  EXPECT_EQ(ReasonOf(Get(person.token)), "SIGN_IN_AWAY");
  EXPECT_EQ(ReasonOf(Password("10.0.8.1", person.login, kPassword)), "SIGN_IN_AWAY");
  ASSERT_TRUE(stack().Start("redis").ok());
  const auto answers = [&] { return ReasonOf(Get(person.token)) == "SESSION_OVER"; };
  EXPECT_TRUE(harness::Eventually(answers));
  const auto session = Password("10.0.8.1", person.login, kPassword);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_TRUE(Code("10.0.8.1", session->session_token(), NextCode(person)).ok());
}

TEST_F(AccessTest, AKilledServiceForgetsNothing) {
  const SignedIn person = NewPerson();
  ASSERT_TRUE(stack().Kill("access-1").ok());
  ASSERT_TRUE(stack().Start("access-1").ok());
  EXPECT_TRUE(harness::Eventually([&] { return Get(person.token).ok(); }));
  EXPECT_EQ(ReasonOf(Code("10.0.9.1", person.token, NextCode(person))), "CODE_NOT_NEEDED");
  const auto session = Password("10.0.9.1", person.login, kPassword);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->state(), v1::SESSION_STATE_NEEDS_CODE);
}

}  // namespace
}  // namespace tonghu::system_test
