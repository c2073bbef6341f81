#include "libs/rpc/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "libs/rpc/peer.h"
#include "libs/rpc/testing/certificates.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::AddressOf;
using testing::Call;
using testing::Certificates;
using testing::EchoReply;
using testing::EchoServer;
using ::testing::HasSubstr;

std::shared_ptr<const Tls> Opened(const TlsFiles& files) {
  auto tls = Tls::Open(files);
  EXPECT_TRUE(tls.ok()) << tls.status();
  return tls.ok() ? *tls : nullptr;
}

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { certificates_ = std::make_unique<Certificates>("tls"); }
  static void TearDownTestSuite() { certificates_.reset(); }

  // A channel of its own connection: gRPC would give channels with the same credentials the same one.
  std::shared_ptr<grpc::Channel> As(const TlsFiles& files, const std::string& service = "pairing") const {
    return Dial(AddressOf(*server_), {.tls = Opened(files), .service = service});
  }
  std::shared_ptr<grpc::Channel> As(const std::string& name, const std::string& service = "pairing") const {
    return As(certificates_->Files(name), service);
  }

  static inline std::unique_ptr<Certificates> certificates_;
  EchoServer says_who_{[](auto* context, const auto*, auto* reply) {
    EchoReply who;
    who.set_text(PeerName(*context));
    return testing::Finish(context, who, reply);
  }};
  std::unique_ptr<Server> server_ =
      *Server::Start({.listen = "127.0.0.1:0", .tls = Opened(certificates_->Files("pairing"))}, {&says_who_});
};

TEST_F(TlsTest, TheServerKnowsWhoCalls) {
  EXPECT_EQ(Call(As("operator"), {}).text, "operators/local");
  EXPECT_EQ(Call(As("registry"), {}).text, "services/registry");
}

TEST_F(TlsTest, WithoutTlsNobodyIsKnown) {
  const auto server = *Server::Start({.listen = "127.0.0.1:0"}, {&says_who_});
  const auto answer = Call(Dial(AddressOf(*server)), {});
  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.text, "");
}

TEST_F(TlsTest, AClientWithoutACertificateOfOursIsRefused) {
  EXPECT_EQ(Call(Dial(AddressOf(*server_)), {}).status.error_code(), grpc::UNAVAILABLE) << "no TLS at all";
  grpc::SslCredentialsOptions nameless;
  std::ifstream ca(certificates_->Path("ca.pem"));
  nameless.pem_root_certs.assign(std::istreambuf_iterator<char>(ca), {});
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(ServerName("pairing"));
  const auto channel =
      grpc::CreateCustomChannel(AddressOf(*server_), grpc::SslCredentials(nameless), arguments);
  EXPECT_EQ(Call(channel, {}).status.error_code(), grpc::UNAVAILABLE) << "no certificate";
  const Certificates other("other");
  TlsFiles files = other.Files("operator");
  files.ca = certificates_->Path("ca.pem");
  EXPECT_EQ(Call(As(files), {}).status.error_code(), grpc::UNAVAILABLE) << "another authority's certificate";
}

TEST_F(TlsTest, ACertificateThatHasRunOutIsRefused) {
  ASSERT_TRUE(certificates_->Run("tls_issue \"$RUN/tls/late\" operators/local none 0 operator"));
  EXPECT_LE(*Opened(certificates_->Files("late"))->End(), absl::Now());
  EXPECT_EQ(Call(As("late"), {}).status.error_code(), grpc::UNAVAILABLE);
}

TEST_F(TlsTest, AServerOfAnotherServiceIsNotTakenForTheOneDialled) {
  EXPECT_EQ(Call(As("operator", "registry"), {}).status.error_code(), grpc::UNAVAILABLE);
  const Certificates other("other-server");
  TlsFiles files = certificates_->Files("operator");
  files.ca = other.Path("ca.pem");
  EXPECT_EQ(Call(As(files), {}).status.error_code(), grpc::UNAVAILABLE) << "another authority's server";
  // An operator's certificate is good for calling, not for being called.
  const auto posing = *Server::Start(
      {.listen = "127.0.0.1:0", .tls = Opened(certificates_->Files("operator"))}, {&says_who_});
  const auto channel =
      Dial(AddressOf(*posing), {.tls = Opened(certificates_->Files("registry")), .service = "operator"});
  EXPECT_EQ(Call(channel, {}).status.error_code(), grpc::UNAVAILABLE);
}

TEST_F(TlsTest, FilesThatCantBeUsedAreNamed) {
  ASSERT_TRUE(certificates_->Run(
      "cd \"$RUN/tls\"; openssl x509 -in pairing.pem > bare.pem; openssl pkey -in registry.pem > alone.pem; "
      "cat bare.pem alone.pem > mixed.pem"));
  const std::string ca = certificates_->Path("ca.pem");
  const auto fault = [&](const std::string& file, const std::string& trusted) {
    return std::string(Tls::Open({trusted, certificates_->Path(file)}).status().message());
  };
  EXPECT_EQ(fault("mixed.pem", ca),
            certificates_->Path("mixed.pem") + ": holds a key that is not the certificate's");
  EXPECT_EQ(fault("bare.pem", ca), certificates_->Path("bare.pem") + ": holds no private key in PEM");
  EXPECT_EQ(fault("alone.pem", ca), certificates_->Path("alone.pem") + ": holds no certificate in PEM");
  EXPECT_THAT(fault("pairing.pem", "/nowhere"), HasSubstr("/nowhere: can't"));
  EXPECT_EQ(fault("pairing.pem", ca), "");
}

TEST_F(TlsTest, EverythingTurnsOverUnderARunningServer) {
  const auto lasting = As("operator");
  ASSERT_TRUE(Call(lasting, {}).status.ok());
  const Certificates before("before");
  for (const char* file : {"ca.pem", "operator.pem", "pairing.pem"})
    std::filesystem::copy_file(certificates_->Path(file), before.Path(file),
                               std::filesystem::copy_options::overwrite_existing);
  ASSERT_TRUE(Call(As(before.Files("operator")), {}).status.ok());

  std::atomic<bool> turned = false;
  std::thread renewal([&] {
    EXPECT_TRUE(certificates_->Run("tls_renew"));
    turned = true;
  });
  // Somebody who is new each time is served all the while, by old files or new ones.
  int calls = 0;
  while (!turned) {
    const auto answer = Call(As("operator"), {});
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    ++calls;
  }
  renewal.join();
  EXPECT_GT(calls, 3);
  EXPECT_TRUE(Call(lasting, {}).status.ok()) << "a connection that stands is not cut";

  // The last step takes the old authority out; the server reads that within two seconds.
  TlsFiles old_client = before.Files("operator");
  old_client.ca = certificates_->Path("ca.pem");
  const absl::Time limit = absl::Now() + absl::Seconds(60);
  while (Call(As(old_client), {}).status.ok() && absl::Now() < limit) continue;
  EXPECT_FALSE(Call(As(old_client), {}).status.ok()) << "the old certificate is good no more";
  TlsFiles old_trust = certificates_->Files("operator");
  old_trust.ca = before.Path("ca.pem");
  EXPECT_FALSE(Call(As(old_trust), {}).status.ok()) << "the server shows the new one";
  EXPECT_EQ(Call(As("operator"), {}).text, "operators/local");
}

}  // namespace
}  // namespace tonghu::rpc
