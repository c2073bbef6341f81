// None of the three administrators reads a child or gives themselves more: every way up that one of them
// alone could try. docs/adr/2026-11-26-accounts-are-approved-by-a-second-person.md lists them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/client/first_sign_in.h"
#include "libs/clock/timestamp.h"
#include "libs/principal/principal.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/harness/eventually.h"
#include "tests/system/stack_fixture.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using client::SignedIn;
using testing::ElementsAre;
using testing::IsEmpty;
namespace v1 = access::v1;
using Accounts = v1::AccountService::Stub;

constexpr char kPassword[] = "Juhua#Tea-7", kOther[] = "Another#Tea-8";
constexpr char kGateway[] = "services/gateway";

class AdministratorsTest : public SchoolTest {
 protected:
  static void SetUpTestSuite() {
    SchoolTest::SetUpTestSuite();
    ASSERT_FALSE(school_.county.empty());
    auto child = harness::PutPairedChild(*client_, school_);
    ASSERT_TRUE(child.ok()) << child.status();
    child_ = *child;
    system_ = Administrator(v1::ROLE_SYSTEM_ADMINISTRATOR);
    security_ = Administrator(v1::ROLE_SECURITY_ADMINISTRATOR);
    auditor_ = Administrator(v1::ROLE_AUDITOR);
  }
  void SetUp() override { ASSERT_FALSE(auditor_.token.empty()); }

  static std::string NewMember() {
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name(absl::StrCat(school_.county, "/staffMembers/P", ++people_));
    put.mutable_staff_member()->set_display_name("石小芬");
    EXPECT_TRUE(client_->Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put).ok());
    return put.staff_member().name();
  }
  // Signed in for the first time with a slip; nobody's when that fails.
  static SignedIn With(const v1::AccountSlip& slip, const char* password = kPassword) {
    auto person = client::SignInFirst(*client_, slip, password);
    EXPECT_TRUE(person.ok()) << person.status();
    return person.value_or(SignedIn());
  }
  static v1::CreateGrantRequest GrantOf(v1::Role role, const std::string& account) {
    v1::CreateGrantRequest request;
    request.set_parent(account);
    request.mutable_grant()->mutable_right()->set_role(role);
    request.mutable_grant()->mutable_right()->mutable_area()->set_county("520203");
    clock::SetTime(absl::Now() + absl::Hours(1), request.mutable_grant()->mutable_end_time());
    request.mutable_grant()->set_reason("测试");
    return request;
  }
  static SignedIn Administrator(v1::Role role) {
    const auto slip = client::MakeAccount(*client_, NewMember());
    EXPECT_TRUE(slip.ok()) << slip.status();
    if (!slip.ok()) return {};
    EXPECT_TRUE(client_->Call(&Accounts::CreateGrant, GrantOf(role, slip->account())).ok());
    return With(*slip);
  }

  static absl::StatusOr<v1::SignedIdentity> Identity(const std::string& token, const std::string& audience) {
    const auto sessions = v1::SessionService::NewStub(stack_->Channel("access", kGateway));
    v1::IssueIdentityRequest request;
    request.set_token(token);
    request.set_audience(audience);
    const auto context = rpc::WithDeadline(absl::Seconds(30));
    v1::IssueIdentityResponse response;
    const grpc::Status status = sessions->IssueIdentity(context.get(), request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.identity();
  }
  // A call by way of the gateway, of whom the token is.
  template <class Stub, class Request, class Reply>
  static absl::StatusOr<Reply> As(const std::string& token,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                                  const Request& request) {
    const std::string service = client::ServiceOf(*Request::descriptor()->file());
    const auto identity = Identity(token, service);
    if (!identity.ok()) return identity.status();
    Stub stub(stack_->Channel(service, kGateway));
    const auto context = rpc::WithDeadline(absl::Seconds(30));
    context->AddMetadata(principal::kIdentityKey, identity->SerializeAsString());
    Reply reply;
    const grpc::Status status = (stub.*method)(context.get(), request, &reply);
    if (!status.ok()) return rpc::FromGrpc(status);
    return reply;
  }
  static std::vector<int> RolesOf(const std::string& token) {
    const auto signed_one = Identity(token, "registry");
    EXPECT_TRUE(signed_one.ok()) << signed_one.status();
    v1::Identity identity;
    if (signed_one.ok()) identity.ParseFromString(signed_one->identity());
    std::vector<int> roles;
    for (const v1::Right& right : identity.rights()) roles.push_back(right.role());
    return roles;
  }
  static std::string ReasonOfReading(const std::string& token) {
    registry::v1::GetChildRequest request;
    request.set_name(child_);
    return ReasonOf(As(token, &registry::v1::ChildService::Stub::GetChild, request));
  }
  static absl::StatusOr<v1::BatchApproveAccountsResponse> Approve(const SignedIn& by,
                                                                  const std::string& account) {
    v1::BatchApproveAccountsRequest request;
    request.set_parent(school_.county);
    request.add_accounts(account);
    return As(by.token, &Accounts::BatchApproveAccounts, request);
  }
  static bool Pending(const std::string& account) {
    v1::GetAccountRequest request;
    request.set_name(account);
    const auto shown = client_->Call(&Accounts::GetAccount, request);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.ok() && shown->pending();
  }
  static absl::StatusOr<v1::ResetAccountResponse> Reset(const SignedIn& by, const std::string& account,
                                                        bool second_factor) {
    v1::ResetAccountRequest request;
    request.set_name(account);
    request.set_second_factor(second_factor);
    return As(by.token, &Accounts::ResetAccount, request);
  }

  static inline std::string child_;
  static inline SignedIn system_, security_, auditor_;
  static inline int people_ = 0;
};

TEST_F(AdministratorsTest, NoneReadsAChildOrOpensAFile) {
  v1::BreakGlassRequest glass;
  glass.set_child(child_);
  glass.set_reason("派出所来电核实儿童身份信息");
  for (const SignedIn* one : {&system_, &security_, &auditor_}) {
    EXPECT_EQ(ReasonOfReading(one->token), "NOT_PERMITTED") << one->login;
    EXPECT_EQ(ReasonOf(As(one->token, &Accounts::BreakGlass, glass)), "NOT_PERMITTED") << one->login;
  }
}

TEST_F(AdministratorsTest, NoneGrantsToThemselves) {
  for (const v1::Role role : {v1::ROLE_COUNTY_OFFICER, v1::ROLE_SECURITY_ADMINISTRATOR}) {
    EXPECT_EQ(ReasonOf(As(system_.token, &Accounts::CreateGrant, GrantOf(role, system_.account))),
              "NOT_PERMITTED");
    EXPECT_EQ(ReasonOf(As(auditor_.token, &Accounts::CreateGrant, GrantOf(role, auditor_.account))),
              "NOT_PERMITTED");
    EXPECT_EQ(ReasonOf(As(security_.token, &Accounts::CreateGrant, GrantOf(role, security_.account))),
              "GRANT_TO_SELF");
  }
  // Nor to a colleague what would make two administrators of one.
  for (const SignedIn* other : {&system_, &auditor_}) {
    EXPECT_EQ(ReasonOf(As(security_.token, &Accounts::CreateGrant,
                          GrantOf(v1::ROLE_SECURITY_ADMINISTRATOR, other->account))),
              "ADMINISTRATORS_APART");
    EXPECT_EQ(ReasonOf(As(security_.token, &Accounts::CreateGrant,
                          GrantOf(v1::ROLE_COUNTY_OFFICER, other->account))),
              "ADMINISTRATORS_APART");
  }
}

TEST_F(AdministratorsTest, AnAccountThatOneMadeHasNoRightsUntilAnotherApproves) {
  const std::string head = NewMember();
  registry::v1::PutPostRequest post;
  post.set_parent(school_.county);
  post.mutable_post()->set_kind(registry::v1::POST_KIND_SCHOOL_HEAD);
  post.mutable_post()->set_school(school_.school);
  post.mutable_post()->set_holder(head);
  ASSERT_TRUE(client_->Call(&registry::v1::DirectoryService::Stub::PutPost, post).ok());
  v1::BatchCreateAccountsRequest create;
  create.set_parent(school_.county);
  create.add_accounts()->set_kind(v1::ACCOUNT_KIND_PERSON);
  create.mutable_accounts(0)->set_staff_member(head);
  EXPECT_EQ(ReasonOf(As(security_.token, &Accounts::BatchCreateAccounts, create)), "NOT_PERMITTED");
  absl::StatusOr<v1::BatchCreateAccountsResponse> made;
  ASSERT_TRUE(harness::Eventually([&] {  // access hears of the member
    made = As(system_.token, &Accounts::BatchCreateAccounts, create);
    return ReasonOf(made) != "STAFF_MEMBER_NOT_FOUND";
  }));
  ASSERT_TRUE(made.ok()) << made.status();
  // The administrator has the slip, and uses it.
  const SignedIn in = With(made->slips(0));
  EXPECT_TRUE(Pending(in.account));
  EXPECT_THAT(RolesOf(in.token), IsEmpty());
  EXPECT_EQ(ReasonOfReading(in.token), "NOT_PERMITTED");
  EXPECT_EQ(ReasonOf(Approve(system_, in.account)), "NOT_PERMITTED");
  EXPECT_EQ(ReasonOf(Approve(auditor_, in.account)), "NOT_PERMITTED");
  EXPECT_EQ(ReasonOf(Approve(in, in.account)), "NOT_PERMITTED");
  // A grant is no approval.
  ASSERT_TRUE(As(security_.token, &Accounts::CreateGrant, GrantOf(v1::ROLE_COUNTY_OFFICER, in.account)).ok());
  EXPECT_THAT(RolesOf(in.token), IsEmpty());
  const auto approved = Approve(security_, in.account);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->accounts_size(), 1);
  EXPECT_FALSE(Pending(in.account));
  EXPECT_TRUE(harness::Eventually([&] { return RolesOf(in.token).size() == 2; })) << "post and grant";
  EXPECT_EQ(ReasonOfReading(in.token), "");
  EXPECT_EQ(Approve(security_, in.account)->accounts_size(), 0) << "once";
}

TEST_F(AdministratorsTest, WhoTakesASecondFactorAwayGetsNobodysRights) {
  for (const SignedIn& victim :
       {Administrator(v1::ROLE_SECURITY_ADMINISTRATOR), Administrator(v1::ROLE_COUNTY_OFFICER)}) {
    // The password alone lets nobody in: the code is still the owner's.
    ASSERT_TRUE(Reset(system_, victim.account, false).ok());
    EXPECT_FALSE(Pending(victim.account));
    const auto reset = Reset(system_, victim.account, true);
    ASSERT_TRUE(reset.ok()) << reset.status();
    const SignedIn in = With(reset->slip(), kOther);
    EXPECT_TRUE(Pending(in.account));
    EXPECT_THAT(RolesOf(in.token), IsEmpty());
    EXPECT_EQ(
        ReasonOf(As(in.token, &Accounts::CreateGrant, GrantOf(v1::ROLE_COUNTY_OFFICER, system_.account))),
        "NOT_PERMITTED");
    EXPECT_EQ(ReasonOfReading(in.token), "NOT_PERMITTED");
    ASSERT_TRUE(Approve(security_, in.account).ok());
    EXPECT_EQ(RolesOf(in.token).size(), 1u);
  }
  // The operator at the machine needs nobody.
  const SignedIn officer = Administrator(v1::ROLE_COUNTY_OFFICER);
  v1::ResetAccountRequest request;
  request.set_name(officer.account);
  request.set_second_factor(true);
  const auto reset = client_->Call(&Accounts::ResetAccount, request);
  ASSERT_TRUE(reset.ok()) << reset.status();
  EXPECT_THAT(RolesOf(With(reset->slip(), kOther).token), ElementsAre(v1::ROLE_COUNTY_OFFICER));
}

TEST_F(AdministratorsTest, AKeyThatOneMadeOpensNothingUntilAnotherApproves) {
  v1::BatchCreateAccountsRequest create;
  create.set_parent(school_.county);
  create.add_accounts()->set_kind(v1::ACCOUNT_KIND_PROGRAM);
  create.mutable_accounts(0)->set_login("portal-520203");
  create.mutable_accounts(0)->set_display_name("县门户");
  const auto made = client_->Call(&Accounts::BatchCreateAccounts, create);
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string account = made->slips(0).account();
  ASSERT_TRUE(client_->Call(&Accounts::CreateGrant, GrantOf(v1::ROLE_COUNTY_OFFICER, account)).ok());
  v1::CreateApiKeyRequest key;
  key.set_name(account);
  EXPECT_EQ(ReasonOf(As(security_.token, &Accounts::CreateApiKey, key)), "NOT_PERMITTED");
  const auto given = As(system_.token, &Accounts::CreateApiKey, key);
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(ReasonOfReading(given->api_key()), "NOT_PERMITTED");
  ASSERT_TRUE(Approve(security_, account).ok());
  EXPECT_EQ(ReasonOfReading(given->api_key()), "");
}

// Who binds somebody's account to a subject of their own would come in as that somebody.
TEST_F(AdministratorsTest, ABindingThatOneMadeOpensNothingUntilAnotherApproves) {
  const SignedIn officer = Administrator(v1::ROLE_COUNTY_OFFICER);
  v1::SetFederatedSubjectRequest bind;
  bind.set_name(officer.account);
  bind.mutable_federated_subject()->set_issuer("https://sso.example.gov.cn");
  bind.mutable_federated_subject()->set_subject("somebody-else");
  EXPECT_EQ(ReasonOf(As(security_.token, &Accounts::SetFederatedSubject, bind)), "NOT_PERMITTED");
  const auto bound = As(system_.token, &Accounts::SetFederatedSubject, bind);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_TRUE(bound->pending());
  v1::CreateFederatedSessionRequest request;
  request.set_issuer(bind.federated_subject().issuer());
  request.set_subject(bind.federated_subject().subject());
  const auto stub = v1::SessionService::NewStub(stack_->Channel("access", kGateway));
  auto context = rpc::WithDeadline(absl::Seconds(30));
  v1::Session session;
  ASSERT_TRUE(stub->CreateFederatedSession(context.get(), request, &session).ok());
  EXPECT_THAT(session.rights(), IsEmpty());
  EXPECT_EQ(ReasonOfReading(session.session_token()), "NOT_PERMITTED");
  ASSERT_TRUE(Approve(security_, officer.account).ok());
  EXPECT_EQ(ReasonOfReading(session.session_token()), "");
}

}  // namespace
}  // namespace tonghu::system_test
