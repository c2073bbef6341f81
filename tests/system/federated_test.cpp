// Who signs in by an identity provider, on a real stack: whom the gateway's word lets in, what it leaves in
// the journal, and what an administrator takes away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/client/client.h"
#include "libs/ids/shard.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "services/access/secrets/random.h"
#include "tests/system/stack_fixture.h"
#include "tonghu/access/events/v1/access_events.pb.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
namespace v1 = access::v1;
using Accounts = v1::AccountService::Stub;
using Sessions = v1::SessionService::Stub;

constexpr char kIssuer[] = "https://sso.example.gov.cn";
constexpr char kCounty[] = "520203";

class FederatedTest : public StackTest {
 protected:
  static v1::BatchCreateAccountsRequest Wanted(const std::string& login, const std::string& subject,
                                               v1::AccountKind kind = v1::ACCOUNT_KIND_PERSON) {
    v1::BatchCreateAccountsRequest create;
    create.set_parent(absl::StrCat("counties/", kCounty));
    v1::Account& account = *create.add_accounts();
    account.set_login(login);
    account.set_display_name("赵永华");
    account.set_kind(kind);
    if (subject.empty()) return create;
    account.mutable_federated_subject()->set_issuer(kIssuer);
    account.mutable_federated_subject()->set_subject(subject);
    return create;
  }
  static std::string Made(const std::string& login, const std::string& subject = "",
                          v1::AccountKind kind = v1::ACCOUNT_KIND_PERSON) {
    const auto made = client().Call(&Accounts::BatchCreateAccounts, Wanted(login, subject, kind));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() && made->slips_size() == 1 ? made->slips(0).account() : "";
  }
  static absl::StatusOr<v1::Account> Bind(const std::string& account, const std::string& subject) {
    v1::SetFederatedSubjectRequest bind;
    bind.set_name(account);
    if (!subject.empty()) bind.mutable_federated_subject()->set_issuer(kIssuer);
    if (!subject.empty()) bind.mutable_federated_subject()->set_subject(subject);
    return client().Call(&Accounts::SetFederatedSubject, bind);
  }
  // What access says to whoever has a certificate and names somebody.
  static absl::StatusOr<v1::Session> SignIn(const std::string& subject,
                                            const std::string& as = "services/gateway",
                                            const std::string& issuer = kIssuer) {
    const auto stub = v1::SessionService::NewStub(stack_->Dial("access", {.as = as}));
    v1::CreateFederatedSessionRequest request;
    request.set_issuer(issuer);
    request.set_subject(subject);
    request.set_address("192.0.2.7");
    auto context = rpc::WithDeadline(absl::Seconds(30));
    v1::Session session;
    const grpc::Status status = stub->CreateFederatedSession(context.get(), request, &session);
    if (!status.ok()) return rpc::FromGrpc(status);
    return session;
  }
  static absl::StatusOr<v1::Session> Get(const std::string& token) {
    v1::GetSessionRequest request;
    request.set_session_token(token);
    return client().Call(&Sessions::GetSession, request);
  }
  // What the journal says of an account: "actor change subject", in its order.
  static std::vector<std::string> Said(const std::string& account) {
    std::vector<std::string> said;
    journal::v1::ReadEventsRequest request;
    request.set_shard(ids::ShardOf(kCounty, 8));
    request.set_from_seq(1);
    const auto page = client().CallAt("access", &journal::v1::JournalService::Stub::ReadEvents, request);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const auto& event : page.ok() ? page->events() : journal::v1::ReadEventsResponse().events()) {
      access::events::v1::AccountPut put;
      if (event.type() != "account_put" || !account.ends_with(event.key()) ||
          !put.ParseFromString(event.payload()))
        continue;
      said.push_back(
          absl::StrCat(event.actor(), " ", put.change(), " ", put.issuer(), " ", put.subject_hash()));
    }
    return said;
  }

 private:
};

TEST_F(FederatedTest, WhoIsBoundGetsACompleteSessionAndTheJournalSaysHow) {
  const std::string account = Made("zhao-yonghua", "zhaoyonghua");
  const auto session = SignIn("zhaoyonghua");
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->account(), account);
  EXPECT_EQ(session->state(), v1::SESSION_STATE_ACTIVE);
  EXPECT_EQ(session->sign_in_method(), v1::SIGN_IN_METHOD_FEDERATED);
  EXPECT_EQ(session->address(), "192.0.2.7");
  v1::ListSessionsRequest list;
  list.set_parent(account);
  const auto listed = client().Call(&Accounts::ListSessions, list);
  ASSERT_THAT(listed->sessions(), SizeIs(1));
  EXPECT_EQ(listed->sessions(0).sign_in_method(), v1::SIGN_IN_METHOD_FEDERATED);
  v1::GetAccountRequest get;
  get.set_name(account);
  EXPECT_TRUE(client().Call(&Accounts::GetAccount, get)->has_last_sign_in_time());
  const std::string who =
      absl::StrCat(" ", kIssuer, " ", absl::BytesToHexString(access::Sha256("zhaoyonghua")));
  EXPECT_THAT(Said(account),
              ElementsAre("operators/local created  ", absl::StrCat("operators/local bound", who),
                          absl::StrCat(account, " signed_in_federated", who)));
}

TEST_F(FederatedTest, NobodyElseIsLetIn) {
  const std::string account = Made("shi-xiaofen", "shixiaofen");
  EXPECT_EQ(ReasonOf(SignIn("nobody")), "SUBJECT_NOT_BOUND");
  EXPECT_EQ(ReasonOf(SignIn("shixiaofen", "services/gateway", "https://other.example")), "SUBJECT_NOT_BOUND");
  EXPECT_EQ(ReasonOf(SignIn("Shixiaofen")), "SUBJECT_NOT_BOUND");
  EXPECT_EQ(ReasonOf(SignIn("")), "SUBJECT_MALFORMED");
  // Another service's certificate is no gateway's.
  EXPECT_EQ(ReasonOf(SignIn("shixiaofen", "services/alerts")), "NOT_PERMITTED");
  v1::SetAccountDisabledRequest disable;
  disable.set_name(account);
  disable.set_disabled(true);
  ASSERT_TRUE(client().Call(&Accounts::SetAccountDisabled, disable).ok());
  EXPECT_EQ(ReasonOf(SignIn("shixiaofen")), "ACCOUNT_DISABLED");
}

TEST_F(FederatedTest, ASubjectBelongsToOneAccount) {
  const std::string first = Made("first", "same"), second = Made("second");
  EXPECT_EQ(ReasonOf(Bind(second, "same")), "SUBJECT_TAKEN");
  auto twice = Wanted("third", "twice");
  *twice.add_accounts() = Wanted("fourth", "twice").accounts(0);
  const auto refused = client().Call(&Accounts::BatchCreateAccounts, twice);
  EXPECT_EQ(ReasonOf(refused), "SUBJECT_TAKEN");
  EXPECT_EQ(refusal::Of(refused.status()).field, "accounts[1].federated_subject");
  EXPECT_EQ(ReasonOf(client().Call(&Accounts::BatchCreateAccounts, Wanted("third", "same"))),
            "SUBJECT_TAKEN");
  // A repeat finds the account that it made.
  const auto repeat = client().Call(&Accounts::BatchCreateAccounts, Wanted("first", "same"));
  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_THAT(repeat->existing(), ElementsAre("first"));
  EXPECT_TRUE(Bind(first, "").ok());
  EXPECT_TRUE(Bind(second, "same").ok());
  EXPECT_EQ(SignIn("same")->account(), second);
}

TEST_F(FederatedTest, WhoIsUnboundIsOutAtOnce) {
  const std::string account = Made("wang-wu", "wangwu");
  const auto session = SignIn("wangwu");
  ASSERT_TRUE(Get(session->session_token()).ok());
  const auto rebound = Bind(account, "wangliu");
  ASSERT_TRUE(rebound.ok()) << rebound.status();
  EXPECT_EQ(rebound->federated_subject().subject(), "wangliu");
  EXPECT_EQ(ReasonOf(Get(session->session_token())), "SESSION_OVER");
  EXPECT_EQ(ReasonOf(SignIn("wangwu")), "SUBJECT_NOT_BOUND");
  const auto other = SignIn("wangliu");
  ASSERT_TRUE(Bind(account, "").ok());
  EXPECT_EQ(ReasonOf(Get(other->session_token())), "SESSION_OVER");
  EXPECT_EQ(ReasonOf(SignIn("wangliu")), "SUBJECT_NOT_BOUND");
}

TEST_F(FederatedTest, TheOperatorNeedsNobodyToApproveABinding) {
  const std::string account = Made("bound-by-operator");
  EXPECT_FALSE(Bind(account, "boundbyoperator")->pending());
}

TEST_F(FederatedTest, ProgramsAreBoundToNobody) {
  const std::string program = Made("portal", "", v1::ACCOUNT_KIND_PROGRAM);
  EXPECT_EQ(ReasonOf(Bind(program, "portal")), "PROGRAM_NOT_BOUND");
  EXPECT_EQ(ReasonOf(client().Call(&Accounts::BatchCreateAccounts,
                                   Wanted("portal-2", "portal", v1::ACCOUNT_KIND_PROGRAM))),
            "PROGRAM_NOT_BOUND");
  EXPECT_EQ(ReasonOf(Bind(program, " x")), "PROGRAM_NOT_BOUND");
}

}  // namespace
}  // namespace tonghu::system_test
