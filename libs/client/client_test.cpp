#include "libs/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "libs/rpc/server.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::client {
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
    if (end < 25 || stuck) response->set_next_page_token(stuck ? "10" : std::to_string(end));
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::vector<std::string> request_ids;
  int outages = 0;
  bool stuck = false;  // every list has the same page behind it
};

class ClientTest : public ::testing::Test {
 protected:
  ClientTest()
      : server_(*rpc::Server::Start({.listen = "127.0.0.1:0"}, {&service_})),
        client_(At(server_->port()), {.pause = absl::Milliseconds(1)}) {}

  static Endpoints At(int port) {
    Endpoints endpoints;
    endpoints.replicas["registry"] = {"127.0.0.1:" + std::to_string(port)};
    return endpoints;
  }
  absl::StatusOr<Child> Create(const std::string& request_id = "") {
    CreateChildRequest request;
    request.set_request_id(request_id);
    return client_.Call(&ChildService::Stub::CreateChild, request);
  }
  static ListChildrenRequest Tens(const std::string& token = "") {
    ListChildrenRequest request;
    request.set_page_size(10);
    request.set_page_token(token);
    return request;
  }

  FakeChildren service_;
  std::unique_ptr<rpc::Server> server_;
  Client client_;
};

TEST_F(ClientTest, TriesAChangeAgainWithTheSameId) {
  service_.outages = 2;
  ASSERT_TRUE(Create().ok());
  ASSERT_THAT(service_.request_ids, SizeIs(3));
  EXPECT_EQ(std::set<std::string>(service_.request_ids.begin(), service_.request_ids.end()).size(), 1u);
  EXPECT_TRUE(ids::IsUuid(service_.request_ids[0]));
  ASSERT_TRUE(Create().ok());
  EXPECT_NE(service_.request_ids[3], service_.request_ids[0]) << "another change has another id";
  ASSERT_TRUE(Create("mine").ok());
  EXPECT_EQ(service_.request_ids[4], "mine");
}

TEST_F(ClientTest, GivesUpAfterFourTries) {
  service_.outages = 100;
  EXPECT_TRUE(absl::IsUnavailable(Create().status()));
  EXPECT_THAT(service_.request_ids, SizeIs(4));
}

TEST_F(ClientTest, CallsByDescription) {
  service_.outages = 1;
  const auto& method = *CreateChildRequest::descriptor()->file()->service(0)->FindMethodByName("CreateChild");
  CreateChildRequest request;
  request.mutable_child()->set_display_name("李嘉");
  Child child;
  const absl::Status called = client_.Call(method, request, child);
  ASSERT_TRUE(called.ok()) << called;
  EXPECT_EQ(child.display_name(), "李嘉");
  EXPECT_THAT(service_.request_ids, SizeIs(2));
  EXPECT_TRUE(ids::IsUuid(request.request_id()));
}

TEST_F(ClientTest, GivesPageAfterPage) {
  std::vector<int> sizes;
  absl::Status read =
      client_.ForEachPage(&ChildService::Stub::ListChildren, Tens(),
                          [&](const ListChildrenResponse& page) { sizes.push_back(page.children_size()); });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(sizes, (std::vector<int>{10, 10, 5}));
  sizes.clear();
  read = client_.ForEachPage(&ChildService::Stub::ListChildren, Tens("5"), [&](const auto& page) {
    sizes.push_back(page.children_size());
    return false;
  });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(sizes, (std::vector<int>{10})) << "ended early";
}

TEST_F(ClientTest, ByDescriptionThePageSizeMayChangeOnTheWay) {
  ListChildrenRequest request = Tens();
  ListChildrenResponse page;
  std::vector<int> sizes;
  const absl::Status read = client_.ForEachPage(
      *ListChildrenRequest::descriptor()->file()->service(0)->FindMethodByName("ListChildren"), request, page,
      [&] {
        sizes.push_back(page.children_size());
        request.set_page_size(2);
        return sizes.size() < 2;
      });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(sizes, (std::vector<int>{10, 2}));
}

TEST_F(ClientTest, TheSamePageAgainAndAgainIsAnError) {
  service_.stuck = true;
  int pages = 0;
  const absl::Status read = client_.ForEachPage(&ChildService::Stub::ListChildren, Tens(),
                                                [&](const ListChildrenResponse&) { ++pages; });
  EXPECT_TRUE(absl::IsInternal(read)) << read;
  EXPECT_EQ(pages, 2);
}

TEST(ClientWithoutServerTest, NobodyThereIsAnOutage) {
  Endpoints endpoints;
  endpoints.replicas["registry"] = {"127.0.0.1:1"};
  Client client(endpoints, {.timeout = absl::Seconds(3)});
  EXPECT_TRUE(MayPass(client.Call(&ChildService::Stub::GetChild, GetChildRequest()).status()));
  Client nowhere(absl::UnavailableError("no endpoints"));
  EXPECT_EQ(nowhere.Call(&ChildService::Stub::GetChild, GetChildRequest()).status(),
            absl::UnavailableError("no endpoints"));
}

}  // namespace
}  // namespace tonghu::client
