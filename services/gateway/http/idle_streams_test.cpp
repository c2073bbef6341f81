// Ten thousand idle streams through the gateway's program: what they cost, that others are served meanwhile,
// and that nothing is left of them.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/rpc/server.h"
#include "services/gateway/testing/gateway_fixture.h"
#include "tests/harness/server_process.h"

namespace tonghu::gateway::testing {
namespace {

constexpr int kStreams = 10'000;
constexpr int kOfOneAddress = 190;       // the gateway takes 200
constexpr double kMostKiB = 64;          // of the gateway's memory, for a stream
constexpr rlim_t kDescriptors = 16'000;  // each stream takes one here and one in the gateway

// Streams that say nothing after their head, held without threads.
class IdleService final
    : public passage::v1::PassageService::WithCallbackMethod_Watch<passage::v1::PassageService::Service> {
 public:
  std::atomic<int> streams{0};

  grpc::Status Look(grpc::ServerContext*, const passage::v1::PassageRequest* request,
                    passage::v1::PassageReply* reply) override {
    reply->set_text(request->text());
    return grpc::Status::OK;
  }
  grpc::ServerWriteReactor<passage::v1::PassageReply>* Watch(grpc::CallbackServerContext*,
                                                             const passage::v1::PassageRequest*) override {
    return new Stream(streams);
  }

 private:
  class Stream final : public grpc::ServerWriteReactor<passage::v1::PassageReply> {
   public:
    explicit Stream(std::atomic<int>& streams) : streams_(streams) {
      ++streams_;
      StartSendInitialMetadata();
    }
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override {
      --streams_;
      delete this;
    }

   private:
    std::atomic<int>& streams_;
  };
};

// The access of the other tests, without threads too.
class IdleAccess final : public access::v1::SessionService::WithCallbackMethod_IssueIdentity<
                             access::v1::SessionService::Service> {
 public:
  grpc::ServerUnaryReactor* IssueIdentity(grpc::CallbackServerContext* context,
                                          const access::v1::IssueIdentityRequest* request,
                                          access::v1::IssueIdentityResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(access_.IssueIdentity(nullptr, request, response));
    return reactor;
  }

 private:
  AccessService access_;
};

// The gateway's program with default limits, but for the rates, which one caller alone would meet.
class GatewayProgram : public harness::ServerProcess {
 public:
  bool Start(int port, int admin_port, int backend) {
    const std::string settings = dir() + "/gateway.toml";
    std::ofstream(settings) << "service = \"gateway\"\nreplica = \"gateway-1\"\nlisten = \"127.0.0.1:" << port
                            << "\"\nadmin_listen = \"127.0.0.1:" << admin_port
                            << "\"\ninsecure = true\ncalls_per_account = 0\ncalls_per_address = 0\n"
                            << "descriptor_set = \"" TONGHU_PASSAGE_SET "\"\n[peers]\npassage = \"127.0.0.1:"
                            << backend << "\"\naccess = \"127.0.0.1:" << backend << "\"\n";
    return Run({TONGHU_GATEWAY, "--config", settings}, STDERR_FILENO, "serving http");
  }
  // Kilobytes that the process has in memory.
  int64_t Memory() const {
    std::ifstream status(absl::StrCat("/proc/", pid(), "/status"));
    for (std::string word; status >> word;) {
      if (word != "VmRSS:") continue;
      int64_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes;
    }
    return 0;
  }
  int64_t Descriptors() const {
    return std::distance(std::filesystem::directory_iterator(absl::StrCat("/proc/", pid(), "/fd")),
                         std::filesystem::directory_iterator());
  }
};

class IdleStreamsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    // Root may raise the hard limit too. The gateway, a child of this process, inherits both.
    files.rlim_max = std::max<rlim_t>(files.rlim_max, kDescriptors);
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0)
        << "the test needs " << kDescriptors << " open files; raise the hard limit (ulimit -Hn)";
    auto server = rpc::Server::Start({.listen = "127.0.0.1:0", .max_concurrent_streams = 2 * kStreams},
                                     {&service_, &access_});
    ASSERT_TRUE(server.ok()) << server.status();
    backend_ = *std::move(server);
    port_ = FreePort();
    ASSERT_TRUE(gateway_.Start(port_, FreePort(), backend_->port()));
    ASSERT_EQ(Look(), 200);
  }

  int Look() {
    return HttpClient(port_)
        .Ask(RequestBytes("POST " + Path("Look"), kSignedIn, R"({"text":"well"})"))
        .status;
  }
  static bool Comes(const std::function<bool()>& condition) {
    const absl::Time until = clock::MonotonicNow() + absl::Seconds(60);
    while (!condition() && clock::MonotonicNow() < until) absl::SleepFor(absl::Milliseconds(5));
    return condition();
  }
  // Opens all streams and reads their heads.
  std::vector<std::unique_ptr<HttpClient>> Open() {
    const std::string request = RequestBytes("POST " + Path("Watch"), kStreamHead, Framed(0, "{}"));
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < kStreams; ++i) {
      const uint32_t from = INADDR_LOOPBACK + 1 + i / kOfOneAddress;
      clients.push_back(std::make_unique<HttpClient>(port_, 0, from));
      EXPECT_TRUE(clients.back()->Send(request));
    }
    int begun = 0;
    for (const auto& client : clients) begun += client->ReadHead().status == 200 ? 1 : 0;
    EXPECT_EQ(begun, kStreams);
    EXPECT_EQ(service_.streams, kStreams);
    return clients;
  }

  IdleService service_;
  IdleAccess access_;
  std::unique_ptr<rpc::Server> backend_;
  GatewayProgram gateway_;
  int port_ = 0;
};

TEST_F(IdleStreamsTest, TenThousandCostLittleAndLeaveNothing) {
  const int64_t before = gateway_.Memory();
  const int64_t descriptors = gateway_.Descriptors();
  int64_t first = 0;
  for (int round = 0; round < 3; ++round) {
    auto clients = Open();
    const int64_t memory = gateway_.Memory();
    const double each = static_cast<double>(memory - before) / kStreams;
    RecordProperty("kib_a_stream", absl::StrCat(each));
    std::printf("%d idle streams: %.1f KiB each in the gateway\n", kStreams, each);
    EXPECT_LT(each, kMostKiB);
    // Later ten thousands take the place of the first: if each left its memory behind, the third would make
    // it three times as much. The allocator may keep some, by how the threads happened to meet.
    if (round == 0) first = memory;
    EXPECT_LT(memory, 2 * first);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(Look(), 200);
    clients.clear();
    EXPECT_TRUE(Comes([this] { return service_.streams == 0; })) << service_.streams;
    EXPECT_TRUE(Comes([&] { return gateway_.Descriptors() <= descriptors + 4; })) << gateway_.Descriptors();
  }
  EXPECT_EQ(Look(), 200);
}

}  // namespace
}  // namespace tonghu::gateway::testing
