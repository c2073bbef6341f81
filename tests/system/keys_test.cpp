// The key by which access signs turns over while people work: no call is refused meanwhile, and heads of
// journals that were signed with a key of before stay good.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/client/first_sign_in.h"
#include "libs/postgres/connection.h"
#include "libs/principal/principal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/harness/eventually.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kGateway[] = "services/gateway";

// Calls as the gateway does, with a new identity each time.
class Caller {
 public:
  Caller(const harness::Stack& stack, std::string token, std::string county)
      : access_(access::v1::SessionService::NewStub(stack.Channel("access", kGateway))),
        registry_(registry::v1::DirectoryService::NewStub(stack.Channel("registry", kGateway))),
        token_(std::move(token)),
        county_(std::move(county)) {}

  absl::StatusOr<access::v1::SignedIdentity> Identity() {
    access::v1::IssueIdentityRequest request;
    request.set_token(token_);
    request.set_audience("registry");
    const auto context = rpc::WithDeadline(absl::Seconds(30));
    access::v1::IssueIdentityResponse response;
    const grpc::Status status = access_->IssueIdentity(context.get(), request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.identity();
  }
  absl::Status CallWith(const access::v1::SignedIdentity& identity) {
    registry::v1::ListSchoolsRequest request;
    request.set_parent(county_);
    const auto context = rpc::WithDeadline(absl::Seconds(30));
    context->AddMetadata(principal::kIdentityKey, identity.SerializeAsString());
    registry::v1::ListSchoolsResponse response;
    return rpc::FromGrpc(registry_->ListSchools(context.get(), request, &response));
  }

 private:
  const std::unique_ptr<access::v1::SessionService::Stub> access_;
  const std::unique_ptr<registry::v1::DirectoryService::Stub> registry_;
  const std::string token_, county_;
};

class KeysTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = *std::move(stack);
    client::Client client(stack_->endpoints());
    const auto school = harness::PutSmallSchool(client, "520203");
    ASSERT_TRUE(school.ok()) << school.status();
    county_ = school->county;
    registry::v1::PutPostRequest put;
    put.set_parent(school->county);
    put.mutable_post()->set_kind(registry::v1::POST_KIND_SCHOOL_HEAD);
    put.mutable_post()->set_school(school->school);
    put.mutable_post()->set_holder(school->teacher);
    ASSERT_TRUE(client.Call(&registry::v1::DirectoryService::Stub::PutPost, put).ok());
    const auto slip = client::MakeAccount(client, school->teacher);
    ASSERT_TRUE(slip.ok()) << slip.status();
    const auto person = client::SignInFirst(client, *slip, "Juhua#Tea-7");
    ASSERT_TRUE(person.ok()) << person.status();
    token_ = person->token;
    auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_admin"));
    ASSERT_TRUE(db.ok()) << db.status();
    db_ = *std::move(db);
  }
  static void TearDownTestSuite() {
    db_.reset();
    stack_.reset();
  }
  void SetUp() override { ASSERT_NE(db_, nullptr); }

  static int64_t Ask(const std::string& sql) {
    auto rows = db_->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && rows->rows() == 1 ? rows->Int(0, 0) : -1;
  }
  static void Execute(const std::string& sql) {
    const absl::Status done = db_->Script(sql);
    ASSERT_TRUE(done.ok()) << done << sql;
  }
  // Access signs when it starts what has no head of today.
  static void SignHeads(const std::string& producer) {
    ASSERT_TRUE(stack_->Stop("access-1").ok());
    ASSERT_TRUE(stack_->Start("access-1").ok());
    ASSERT_TRUE(harness::Eventually([&] {
      return Ask("SELECT count(*) FROM access.signed_head WHERE producer = '" + producer + "'") > 0;
    }));
  }
  static std::string Verify(int exit_code) {
    const std::string command = absl::StrCat("TONGHU_ENDPOINTS=", stack_->state(), "/run/endpoints.json ",
                                             TONGHUCTL, " audit verify 2>&1");
    FILE* pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) return "popen";
    std::string output;
    std::array<char, 4096> buffer;
    while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
      output.append(buffer.data(), count);
    EXPECT_EQ(WEXITSTATUS(::pclose(pipe)), exit_code) << output;
    return output;
  }

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<postgres::Connection> db_;
  static inline std::string county_, token_;
};

TEST_F(KeysTest, NoCallIsRefusedWhileTheKeyTurnsOver) {
  Caller caller(*stack_, token_, county_);
  ASSERT_TRUE(harness::Eventually([&] {
    const auto identity = caller.Identity();
    return identity.ok() && caller.CallWith(*identity).ok();
  })) << "the post has not come";
  std::atomic<bool> over = false;
  std::vector<std::string> refused;
  std::set<std::string> keys;
  std::thread calls([&] {
    while (!over) {
      const auto identity = caller.Identity();
      const absl::Status called = identity.ok() ? caller.CallWith(*identity) : identity.status();
      if (!called.ok()) refused.push_back(called.ToString());
      if (identity.ok()) keys.insert(identity->key_id());
    }
  });
  const auto before = caller.Identity();
  const absl::Status renewed = stack_->RenewCertificates();
  const absl::Status with_old = before.ok() ? caller.CallWith(*before) : before.status();
  const bool by_new = harness::Eventually([&] {
    const auto identity = caller.Identity();
    return identity.ok() && identity->key_id() != before->key_id();
  });
  over = true;
  calls.join();
  EXPECT_TRUE(renewed.ok()) << renewed;
  EXPECT_TRUE(with_old.ok()) << "an identity of before is good until it ends: " << with_old;
  EXPECT_TRUE(by_new) << "what is signed now is signed with the new key";
  EXPECT_THAT(refused, IsEmpty());
  EXPECT_EQ(keys.size(), 2u);
}

TEST_F(KeysTest, HeadsSignedWithKeysOfBeforeStayGood) {
  SignHeads("registry");
  ASSERT_TRUE(stack_->RenewCertificates().ok());
  ASSERT_TRUE(stack_->RenewCertificates().ok());
  EXPECT_THAT(Verify(0), HasSubstr("完整"));
  // Those of one journal by the key of now, beside those by the key before the last.
  Execute("DELETE FROM access.signed_head WHERE producer = 'registry'");
  SignHeads("registry");
  EXPECT_EQ(Ask("SELECT count(DISTINCT key_id) FROM access.signed_head"), 2);
  EXPECT_THAT(Verify(0), HasSubstr("完整"));
  // What no key of ours has signed is named.
  Execute(
      "UPDATE access.signed_head SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1) "
      "WHERE producer = 'registry'");
  EXPECT_THAT(Verify(3), HasSubstr("SIGNED_HEAD_FORGED"));
  Execute("UPDATE access.signed_head SET key_id = '0123456789abcdef' WHERE producer = 'registry'");
  const std::string unknown = Verify(3);
  EXPECT_THAT(unknown, HasSubstr("SIGNED_HEAD_KEY_UNKNOWN"));
  EXPECT_THAT(unknown, HasSubstr("0123456789abcdef"));
}

}  // namespace
}  // namespace tonghu::system_test
