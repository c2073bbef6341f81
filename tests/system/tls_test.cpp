// Who has no certificate of the stack's is served by no service, and certificates turn over under running
// services.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "libs/rpc/testing/certificates.h"
#include "tests/harness/eventually.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::harness {
namespace {

using rpc::testing::Certificates;
using ::testing::HasSubstr;

constexpr const char* kServices[] = {"registry", "pairing"};

class CertificatesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = Stack::Up({.only = "postgres,nats,redis,registry,pairing"});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = *std::move(stack);
  }
  static void TearDownTestSuite() { stack_.reset(); }
  void SetUp() override { ASSERT_NE(stack_, nullptr); }

  static grpc::StatusCode Ask(const std::shared_ptr<grpc::Channel>& channel) {
    const auto context = rpc::WithDeadline(absl::Seconds(30));
    journal::v1::JournalStatus status;
    return journal::v1::JournalService::NewStub(channel)->GetStatus(context.get(), {}, &status).error_code();
  }
  static grpc::StatusCode AskBy(const rpc::TlsFiles& files, const std::string& service) {
    auto tls = rpc::Tls::Open(files);
    EXPECT_TRUE(tls.ok()) << tls.status();
    return tls.ok() ? Ask(rpc::Dial(stack_->Address(service), {.tls = *tls, .service = service}))
                    : grpc::UNKNOWN;
  }
  static std::string File(const std::string& name) {
    return absl::StrCat(stack_->state(), "/run/tls/", name);
  }

  static inline std::unique_ptr<Stack> stack_;
};

TEST_F(CertificatesTest, OnlyCertificatesOfTheStackAreServed) {
  const Certificates strangers("strangers");
  rpc::TlsFiles foreign = strangers.Files("operator");
  foreign.ca = File("ca.pem");
  ASSERT_TRUE(
      strangers.Run(absl::StrCat("cp ", File("authority.pem"), " ", File("authority.key"),
                                 " $RUN/tls; tls_issue $RUN/tls/late operators/local none 0 operator")));
  const rpc::TlsFiles late{File("ca.pem"), strangers.Path("late.pem")};
  for (const char* service : kServices) {
    EXPECT_EQ(Ask(stack_->Channel(service)), grpc::OK) << service;
    EXPECT_EQ(Ask(rpc::Dial(stack_->Address(service))), grpc::UNAVAILABLE) << service << " without TLS";
    EXPECT_EQ(AskBy(foreign, service), grpc::UNAVAILABLE) << service << ": another authority's";
    EXPECT_EQ(AskBy(late, service), grpc::UNAVAILABLE) << service << ": run out";
  }
}

TEST_F(CertificatesTest, OneServiceIsNotTakenForAnother) {
  const auto channel = rpc::Dial(stack_->Address("registry"), {.tls = stack_->Tls(), .service = "pairing"});
  EXPECT_EQ(Ask(channel), grpc::UNAVAILABLE);
}

TEST_F(CertificatesTest, WithoutCertificatesAServiceDoesNotStart) {
  std::ifstream file(absl::StrCat(stack_->state(), "/run/registry-1.toml"));
  const std::string path = absl::StrCat(stack_->state(), "/run/open.toml");
  std::ofstream open(path);
  // Up to the section, which is the last but one.
  for (std::string line; std::getline(file, line) && line != "[tls]";) open << line << "\n";
  open.close();
  FILE* pipe =
      ::popen(absl::StrCat(TONGHU_BUILD_DIR "/bin/tonghu-registry --config '", path, "' 2>&1").c_str(), "re");
  ASSERT_NE(pipe, nullptr);
  char said[4096] = {};
  const size_t size = std::fread(said, 1, sizeof(said) - 1, pipe);
  EXPECT_EQ(WEXITSTATUS(::pclose(pipe)), 2);
  EXPECT_THAT(std::string(said, size), HasSubstr("tls.ca and tls.certificate are needed"));
}

TEST_F(CertificatesTest, TheyTurnOverWhileServicesRun) {
  const Certificates before("before");
  for (const char* file : {"ca.pem", "operator.pem"}) {
    std::filesystem::copy_file(File(file), before.Path(file),
                               std::filesystem::copy_options::overwrite_existing);
  }
  ASSERT_EQ(AskBy(before.Files("operator"), "registry"), grpc::OK);
  ASSERT_TRUE(stack_->RenewCertificates().ok());
  rpc::TlsFiles old = before.Files("operator");
  old.ca = File("ca.pem");
  for (const char* service : kServices) {
    EXPECT_TRUE(Eventually([&] { return AskBy(old, service) == grpc::UNAVAILABLE; })) << service;
    EXPECT_EQ(AskBy(before.Files("operator"), service), grpc::UNAVAILABLE) << service << " shows the old one";
    EXPECT_EQ(AskBy({File("ca.pem"), File("operator.pem")}, service), grpc::OK);
    EXPECT_EQ(Ask(stack_->Channel(service)), grpc::OK) << "a program that has run all the while";
  }
  // Services find each other by new connections: without the bus pairing reads registry's journal over gRPC.
  ASSERT_TRUE(stack_->Stop("nats").ok());
  ASSERT_TRUE(stack_->Kill("registry-1").ok());
  ASSERT_TRUE(stack_->Start("registry-1").ok());
  client::Client client(stack_->endpoints(), {.timeout = absl::Seconds(60)});
  const auto school = PutSmallSchool(client, "520203");
  ASSERT_TRUE(school.ok()) << school.status();
  const auto child = PutPairedChild(client, *school);
  EXPECT_TRUE(child.ok()) << child.status();
}

}  // namespace
}  // namespace tonghu::harness
