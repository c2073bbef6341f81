// Who calls, by the certificate of the connection and by the identity that comes with the call.
#include "libs/rpc/caller.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "libs/principal/testing/make_keys.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::AddressOf;
using testing::EchoReply;
using testing::EchoRequest;
using testing::EchoServer;

class CallerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/public");
    principal::testing::MakeKeys(folder_ + "/key.pem", folder_ + "/public/key.pem");
    verifier_ = std::make_unique<principal::Verifier>(folder_ + "/public", "echo");
    access::v1::Identity identity;
    identity.set_actor("counties/520521/accounts/a");
    identity.set_audience("echo");
    identity.set_presenter("gateway");
    identity.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Minutes(1)));
    const auto key = principal::SigningKey::Read(folder_ + "/key.pem");
    ASSERT_TRUE(key.ok()) << key.status();
    identity_ = principal::Sign(*key, identity)->SerializeAsString();
  }
  // Who calls for a connection from `peer` with so many identities; else the reason of the refusal.
  std::string Calls(const std::string& peer, int identities, bool believed = true) {
    EchoServer echo([&](grpc::CallbackServerContext* context, const EchoRequest*, EchoReply* reply) {
      const auto caller = Identify(peer, *context, believed ? verifier_.get() : nullptr, absl::Now());
      EchoReply answer;
      answer.set_text(caller.ok() ? (*caller)->actor : refusal::Of(caller.status()).reason);
      return testing::Finish(context, answer, reply);
    });
    auto server = Server::Start({.listen = "127.0.0.1:0"}, {&echo});
    EXPECT_TRUE(server.ok()) << server.status();
    const auto stub = testing::EchoService::NewStub(Dial(AddressOf(**server)));
    const auto context = WithDeadline(absl::Seconds(20));
    for (int i = 0; i < identities; ++i) context->AddMetadata(principal::kIdentityKey, identity_);
    EchoReply reply;
    EXPECT_TRUE(stub->Echo(context.get(), EchoRequest(), &reply).ok());
    return reply.text();
  }

  std::string folder_, identity_;
  std::unique_ptr<principal::Verifier> verifier_;
};

TEST_F(CallerTest, APeerWithoutIdentityCallsForItself) {
  EXPECT_EQ(Calls("operators/local", 0), "operators/local");
  EXPECT_EQ(Calls("services/alerts", 0), "services/alerts");
  EXPECT_EQ(Calls("services/gateway", 0), "services/gateway");
  EXPECT_EQ(Calls("somebody", 0), "NOT_SIGNED_IN");
}

TEST_F(CallerTest, AnIdentitySaysForWhom) {
  EXPECT_EQ(Calls("services/gateway", 1), "counties/520521/accounts/a");
  EXPECT_EQ(Calls("services/alerts", 1), "IDENTITY_FOREIGN");
  EXPECT_EQ(Calls("operators/local", 1), "IDENTITY_FOREIGN") << "not taken for the operator";
  EXPECT_EQ(Calls("services/gateway", 1, /*believed=*/false), "NOT_SIGNED_IN");
}

TEST_F(CallerTest, TwoIdentitiesLeaveOpenWhoseTheCallIs) {
  EXPECT_EQ(Calls("services/gateway", 2), "NOT_SIGNED_IN");
}

}  // namespace
}  // namespace tonghu::rpc
