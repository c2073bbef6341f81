// Access and what it stands on are killed, frozen and emptied while people work. Nobody is let in who must
// not be, and the audit has every reading that somebody was given, in chains that are whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/client/first_sign_in.h"
#include "libs/fleet/quiet.h"
#include "libs/postgres/connection.h"
#include "libs/principal/principal.h"
#include "libs/principal/testing/make_keys.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/totp/totp.h"
#include "tests/harness/eventually.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

using ::testing::IsEmpty;
namespace v1 = access::v1;

constexpr char kGateway[] = "services/gateway";
constexpr char kPassword[] = "Juhua#Tea-7";
constexpr absl::Duration kCall = absl::Seconds(2);
constexpr int kSome = 20;         // readings between two faults
constexpr int kMostSignIns = 20;  // of one person: each costs a hash

// Somebody who reads a child's file again and again, by way of access, as the gateway does.
class Reader {
 public:
  Reader(const harness::Stack& stack, client::SignedIn person, std::string child)
      : access_(v1::SessionService::NewStub(stack.Channel("access", kGateway))),
        registry_(registry::v1::ChildService::NewStub(stack.Channel("registry", kGateway))),
        person_(std::move(person)),
        child_(std::move(child)) {}
  ~Reader() { Stop(); }

  void Start() {
    thread_ = std::thread([this] {
      while (!over_) Read().IgnoreError();
    });
  }
  void Stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int given() const { return given_; }
  int failed() const { return failed_; }
  bool AwaitMore(int count) const {
    const int enough = given_ + count;
    return harness::Eventually([&] { return given_ >= enough; });
  }
  // One reading. Gives the outcome.
  absl::Status Read() {
    auto identity = Identity();
    const absl::Status status = identity.ok() ? ReadWith(*identity) : identity.status();
    ++(status.ok() ? given_ : failed_);
    if (refusal::Of(status).reason == "SESSION_OVER" && ++sign_ins_ <= kMostSignIns) SignIn();
    return status;
  }
  absl::StatusOr<v1::SignedIdentity> Identity() {
    v1::IssueIdentityRequest request;
    request.set_token(person_.token);
    request.set_audience("registry");
    const auto context = rpc::WithDeadline(kCall);
    v1::IssueIdentityResponse response;
    const grpc::Status status = access_->IssueIdentity(context.get(), request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.identity();
  }
  absl::Status ReadWith(const v1::SignedIdentity& identity) {
    registry::v1::GetChildRequest request;
    request.set_name(child_);
    const auto context = rpc::WithDeadline(kCall);
    context->AddMetadata(principal::kIdentityKey, identity.SerializeAsString());
    registry::v1::Child child;
    return rpc::FromGrpc(registry_->GetChild(context.get(), request, &child));
  }

 private:
  // Signs in anew, when the sessions were lost. A code is good once, so that this may take a few tries; each
  // comes from an address of its own, as guessing is not looked at here.
  void SignIn() {
    v1::CreateSessionRequest create;
    create.set_login(person_.login);
    create.set_password(person_.password);
    v1::Session session;
    if (!access_->CreateSession(FromElsewhere().get(), create, &session).ok()) return;
    v1::VerifySessionRequest verify;
    verify.set_session_token(session.session_token());
    verify.set_code(totp::CodeAt(person_.secret, absl::Now() + absl::Seconds(30)));
    if (access_->VerifySession(FromElsewhere().get(), verify, &session).ok())
      person_.token = session.session_token();
  }
  std::unique_ptr<grpc::ClientContext> FromElsewhere() {
    auto context = rpc::WithDeadline(kCall);
    context->AddMetadata("tonghu-address", absl::StrCat("10.1.", addresses_ / 250, ".", addresses_ % 250));
    ++addresses_;
    return context;
  }

  const std::unique_ptr<v1::SessionService::Stub> access_;
  const std::unique_ptr<registry::v1::ChildService::Stub> registry_;
  client::SignedIn person_;
  const std::string child_;
  std::atomic<bool> over_ = false;
  std::atomic<int> given_ = 0, failed_ = 0;
  int addresses_ = 0, sign_ins_ = 0;
  std::thread thread_;
};

class AccessFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stack = harness::Stack::Up({});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = *std::move(stack);
    client_ = std::make_unique<client::Client>(stack_->endpoints());
    auto school = harness::PutSmallSchool(*client_, "520203");
    ASSERT_TRUE(school.ok()) << school.status();
    auto child = harness::PutPairedChild(*client_, *school);
    ASSERT_TRUE(child.ok()) << child.status();
    child_ = *child;
    helper_ = SignedIn(school->teacher);
    stranger_ = SignedIn(NewMember("P1"));
    dismissed_ = SignedIn(NewMember("P2"));
    v1::SetAccountDisabledRequest disable;
    disable.set_name(dismissed_.account);
    disable.set_disabled(true);
    ASSERT_TRUE(client_->Call(&v1::AccountService::Stub::SetAccountDisabled, disable).ok());
  }

  std::string NewMember(const std::string& id) {
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name(absl::StrCat("counties/520203/staffMembers/", id));
    put.mutable_staff_member()->set_display_name("石小芬");
    EXPECT_TRUE(client_->Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put).ok());
    return put.staff_member().name();
  }
  client::SignedIn SignedIn(const std::string& staff_member) {
    const auto slip = client::MakeAccount(*client_, staff_member);
    EXPECT_TRUE(slip.ok()) << slip.status();
    if (!slip.ok()) return {};
    auto person = client::SignInFirst(*client_, *slip, kPassword);
    EXPECT_TRUE(person.ok()) << person.status();
    return person.value_or(client::SignedIn());
  }
  void KillAndStart(const char* name) {
    ASSERT_TRUE(stack_->Kill(name).ok()) << name;
    ASSERT_TRUE(stack_->Start(name).ok()) << name;
  }
  // What the journals say of themselves, against the heads that access has signed.
  void ExpectChainsWhole() {
    const std::string command = absl::StrCat("TONGHU_ENDPOINTS=", stack_->state(), "/run/endpoints.json ",
                                             TONGHUCTL, " audit verify 2>&1");
    FILE* pipe = ::popen(command.c_str(), "re");
    ASSERT_NE(pipe, nullptr);
    std::string output;
    std::array<char, 4096> buffer;
    while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
      output.append(buffer.data(), count);
    EXPECT_EQ(WEXITSTATUS(::pclose(pipe)), 0) << output;
  }
  int64_t ReadingsOf(const client::SignedIn& person) {
    auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_access"));
    EXPECT_TRUE(db.ok()) << db.status();
    auto rows =
        (*db)->Run("SELECT count(*) FROM audit_entry WHERE action = 1 AND what = 'GetChild' AND actor = $1",
                   postgres::Params().Text(person.account));
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  std::unique_ptr<harness::Stack> stack_;
  std::unique_ptr<client::Client> client_;
  std::string child_;
  client::SignedIn helper_, stranger_, dismissed_;
};

TEST_F(AccessFaultTest, NobodyIsLetInWhoMustNotBeAndNoReadingIsForgotten) {
  Reader helper(*stack_, helper_, child_), stranger(*stack_, stranger_, child_),
      dismissed(*stack_, dismissed_, child_);
  ASSERT_TRUE(harness::Eventually([&] { return helper.Read().ok(); })) << "the pairing has not come";
  // Who makes an identity up has another key.
  const std::string folder = ::testing::TempDir();
  principal::testing::MakeKeys(folder + "/stranger.pem", folder + "/stranger.pub");
  const auto key = principal::SigningKey::Read(folder + "/stranger.pem");
  const auto real = helper.Identity();
  ASSERT_TRUE(key.ok() && real.ok());
  v1::Identity made_up;
  ASSERT_TRUE(made_up.ParseFromString(real->identity()));
  made_up.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Hours(1)));
  const auto forged = principal::Sign(*key, made_up);
  ASSERT_TRUE(forged.ok());
  std::atomic<bool> over = false;
  std::atomic<int> let_in = 0, tried = 0;
  std::thread forger([&] {
    while (!over) {
      let_in += helper.ReadWith(*forged).ok();
      ++tried;
    }
  });
  for (Reader* reader : {&helper, &stranger, &dismissed}) reader->Start();

  for (const char* victim : {"access-1", "redis", "registry-1", "postgres", "nats"}) {
    ASSERT_TRUE(helper.AwaitMore(kSome)) << victim;
    ASSERT_NO_FATAL_FAILURE(KillAndStart(victim));
  }
  ASSERT_TRUE(helper.AwaitMore(kSome));
  ASSERT_TRUE(stack_->Freeze("access-1").ok());
  const int failed = helper.failed();
  EXPECT_TRUE(harness::Eventually([&] { return helper.failed() > failed + 2; })) << "no identity, no reading";
  ASSERT_TRUE(stack_->Thaw("access-1").ok());
  EXPECT_TRUE(helper.AwaitMore(kSome)) << "all is as before";

  over = true;
  forger.join();
  for (Reader* reader : {&helper, &stranger, &dismissed}) reader->Stop();
  EXPECT_GT(tried, kSome);
  EXPECT_EQ(let_in, 0) << "forged identities";
  EXPECT_EQ(stranger.given(), 0);
  EXPECT_EQ(dismissed.given(), 0);
  EXPECT_GT(stranger.failed(), kSome);
  EXPECT_TRUE(harness::Eventually([&] { return ReadingsOf(helper_) >= helper.given(); }))
      << helper.given() << " readings were given, the audit has " << ReadingsOf(helper_);
  EXPECT_EQ(ReadingsOf(stranger_), 0);
  ExpectChainsWhole();
}

}  // namespace
}  // namespace tonghu::fault
