#include "services/tonghuctl/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "libs/rpc/server.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/health.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace registry::v1;
using ::testing::SizeIs;

// Answers UNAVAILABLE as often as told, then gives what it was sent; lists 25 children in pages.
class FakeChildren final : public ChildService::CallbackService {
 public:
  grpc::ServerUnaryReactor* CreateChild(grpc::CallbackServerContext* context,
                                        const CreateChildRequest* request, Child* response) override {
    auto* reactor = context->DefaultReactor();
    request_ids.push_back(request->request_id());
    *response = request->child();
    reactor->Finish(static_cast<int>(request_ids.size()) <= outages
                        ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting")
                        : grpc::Status::OK);
    return reactor;
  }

  grpc::ServerUnaryReactor* ListChildren(grpc::CallbackServerContext* context,
                                         const ListChildrenRequest* request,
                                         ListChildrenResponse* response) override {
    const int from = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    const int end = std::min(25, from + request->page_size());
    for (int i = from; i < end; ++i) response->add_children()->set_name(std::to_string(i));
    if (end < 25) response->set_next_page_token(std::to_string(end));
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::vector<std::string> request_ids;
  int outages = 0;
};

class ClientTest : public ::testing::Test {
 protected:
  ClientTest()
      : server_(*rpc::Server::Start({.listen = "127.0.0.1:0"}, {&service_})),
        client_(At(server_->port()), absl::Seconds(10)) {}

  static Endpoints At(int port) {
    Endpoints endpoints;
    endpoints.replicas["registry"] = {"127.0.0.1:" + std::to_string(port)};
    return endpoints;
  }
  absl::StatusOr<ListChildrenResponse> List(const PageOptions& options) {
    return client_.AskPages<ChildService>(&ChildService::Stub::ListChildren, ListChildrenRequest(), options);
  }

  FakeChildren service_;
  std::unique_ptr<rpc::Server> server_;
  Client client_;
};

TEST_F(ClientTest, TriesAChangeAgainWithTheSameId) {
  service_.outages = 2;
  const auto child = client_.Tell<ChildService>(&ChildService::Stub::CreateChild, CreateChildRequest());
  ASSERT_TRUE(child.ok()) << child.status();
  ASSERT_THAT(service_.request_ids, SizeIs(3));
  EXPECT_EQ(std::set<std::string>(service_.request_ids.begin(), service_.request_ids.end()).size(), 1u);
  EXPECT_TRUE(ids::IsUuid(service_.request_ids[0]));
  ASSERT_TRUE(client_.Tell<ChildService>(&ChildService::Stub::CreateChild, CreateChildRequest()).ok());
  EXPECT_NE(service_.request_ids[3], service_.request_ids[0]) << "another change has another id";
}

TEST_F(ClientTest, GivesUpAfterThreeRetries) {
  service_.outages = 100;
  const auto child = client_.Tell<ChildService>(&ChildService::Stub::CreateChild, CreateChildRequest());
  EXPECT_EQ(ExitCodeOf(child.status()), kOutage) << child.status();
  EXPECT_THAT(service_.request_ids, SizeIs(4));
}

TEST_F(ClientTest, PutsPagesTogether) {
  const auto all = List({.limit = 0, .page_size = 10});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(all->children(), SizeIs(25));
  EXPECT_EQ(all->next_page_token(), "");
  const auto some = List({.limit = 12, .page_size = 10});
  ASSERT_TRUE(some.ok()) << some.status();
  EXPECT_THAT(some->children(), SizeIs(12));
  const auto rest = List({.limit = 0, .page_token = some->next_page_token(), .page_size = 10});
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_THAT(rest->children(), SizeIs(13));
  EXPECT_EQ(rest->children(0).name(), "12");
}

TEST_F(ClientTest, KnowsWhetherAServerServes) {
  EXPECT_TRUE(IsServing(rpc::Dial("127.0.0.1:" + std::to_string(server_->port())), absl::Seconds(5)));
  const int port = server_->port();
  server_->Stop(absl::ZeroDuration());
  server_.reset();
  EXPECT_FALSE(IsServing(rpc::Dial("127.0.0.1:" + std::to_string(port)), absl::Seconds(1)));
}

TEST(ClientWithoutServerTest, NobodyThereIsAnOutage) {
  Endpoints endpoints;
  endpoints.replicas["registry"] = {"127.0.0.1:1"};
  Client client(endpoints, absl::Seconds(3));
  EXPECT_EQ(ExitCodeOf(client.Ask<ChildService>(&ChildService::Stub::GetChild, GetChildRequest()).status()),
            kOutage);
  Client nowhere(absl::UnavailableError("no endpoints"), absl::Seconds(3));
  EXPECT_EQ(ExitCodeOf(nowhere.Ask<ChildService>(&ChildService::Stub::GetChild, GetChildRequest()).status()),
            kOutage);
}

}  // namespace
}  // namespace tonghu::tonghuctl
