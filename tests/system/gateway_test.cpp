// The gateway before a whole system: signing in, calling, watching over HTTP, and what becomes of a caller
// when something behind the gateway goes away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/client/first_sign_in.h"
#include "services/gateway/domain/envelope.h"
#include "services/gateway/testing/http_client.h"
#include "tests/harness/eventually.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using gateway::testing::HttpClient;
using gateway::testing::HttpReply;
using gateway::testing::RequestBytes;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

constexpr char kPassword[] = "Juhua#Tea-7";

class GatewaySystemTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    client_ = std::make_unique<client::Client>(stack_->endpoints());
    auto school = harness::PutSmallSchool(*client_, "520203");
    ASSERT_TRUE(school.ok()) << school.status();
    school_ = *school;
    auto child = harness::PutPairedChild(*client_, school_);
    ASSERT_TRUE(child.ok()) << child.status();
    child_ = *child;
    // The county office's post makes somebody an officer.
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name(school_.county + "/staffMembers/O1");
    put.mutable_staff_member()->set_display_name("杨秀英");
    ASSERT_TRUE(client_->Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put).ok());
    registry::v1::PutPostRequest post;
    post.set_parent(school_.county);
    post.mutable_post()->set_kind(registry::v1::POST_KIND_COUNTY_OFFICE);
    post.mutable_post()->set_holder(put.staff_member().name());
    ASSERT_TRUE(client_->Call(&registry::v1::DirectoryService::Stub::PutPost, post).ok());
    auto slip = client::MakeAccount(*client_, put.staff_member().name());
    ASSERT_TRUE(slip.ok()) << slip.status();
    auto officer = client::SignInFirst(*client_, *slip, kPassword);
    ASSERT_TRUE(officer.ok()) << officer.status();
    officer_ = *officer;
    const std::string address = stack_->Address("gateway_http");
    ASSERT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port_)) << address;
  }
  static void TearDownTestSuite() {
    client_.reset();
    stack_.reset();
  }
  void SetUp() override { ASSERT_NE(port_, 0); }

  static harness::Stack& stack() { return *stack_; }
  static std::string Bearer() { return absl::StrCat("Authorization: Bearer ", officer_.token, "\r\n"); }

  static HttpReply Post(const std::string& method, const Json& body, const std::string& headers) {
    return HttpClient(port_).Ask(
        RequestBytes("POST /tonghu." + method, "Content-Type: application/json\r\n" + headers, body.dump()));
  }
  static HttpReply ListAlerts(const std::string& headers = Bearer()) {
    return Post("alerts.v1.AlertService/ListAlerts", {{"parent", school_.county}}, headers);
  }
  static std::string ReasonOf(const HttpReply& reply) {
    const Json json = Json::parse(reply.body, nullptr, false);
    if (!json.is_object() || !json.contains("details")) return "";
    for (const auto& detail : json["details"]) {
      if (detail["type"] == "google.rpc.ErrorInfo") return detail["debug"]["reason"];
    }
    return "";
  }
  static bool Comes(const std::function<bool()>& condition) {
    const absl::Time until = clock::MonotonicNow() + absl::Seconds(90);
    while (!condition() && clock::MonotonicNow() < until) absl::SleepFor(absl::Milliseconds(50));
    return condition();
  }

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<client::Client> client_;
  static inline harness::SmallSchool school_;
  static inline std::string child_;
  static inline client::SignedIn officer_;
  static inline int port_ = 0;
};

TEST_F(GatewaySystemTest, WhoIsSignedInSeesAndNobodyElseDoes) {
  EXPECT_EQ(ListAlerts().status, 200) << ListAlerts().body;
  EXPECT_EQ(ListAlerts("").status, 401);
  EXPECT_EQ(ReasonOf(ListAlerts("")), "NOT_SIGNED_IN");
  EXPECT_EQ(ReasonOf(ListAlerts("Authorization: Bearer nonsense\r\n")), "SESSION_OVER");
  // An identity of one's own making is not looked at.
  EXPECT_EQ(ListAlerts("Tonghu-Identity-Bin: AAAA\r\n").status, 401);
  EXPECT_EQ(Post("access.v1.SessionService/IssueIdentity", Json::object(), Bearer()).status, 404);
}

TEST_F(GatewaySystemTest, ABrowserSignsInByCookie) {
  const auto wrong =
      Post("access.v1.SessionService/CreateSession", {{"login", officer_.login}, {"password", "wrong"}}, "");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(ReasonOf(wrong), "SIGN_IN_REFUSED");
  const auto opened = Post("access.v1.SessionService/CreateSession",
                           {{"login", officer_.login}, {"password", kPassword}}, "");
  ASSERT_EQ(opened.status, 200) << opened.body;
  const std::string set = opened.header("set-cookie");
  ASSERT_THAT(set, StartsWith("tonghu_session="));
  const std::string cookie = absl::StrCat("Cookie: ", set.substr(0, set.find(';')), "\r\n");
  const auto session = Post("access.v1.SessionService/GetSession", Json::object(), cookie);
  EXPECT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(Json::parse(session.body)["state"], "SESSION_STATE_NEEDS_CODE");
  EXPECT_EQ(Json::parse(session.body)["address"], "127.0.0.1");
  // A session that is not complete does nothing else.
  EXPECT_NE(ListAlerts(cookie).status, 200);
  const auto closed = Post("access.v1.SessionService/DeleteSession", Json::object(), cookie);
  EXPECT_EQ(closed.status, 200);
  EXPECT_THAT(closed.header("set-cookie"), HasSubstr("Max-Age=0"));
  EXPECT_NE(Post("access.v1.SessionService/GetSession", Json::object(), cookie).status, 200);
}

TEST_F(GatewaySystemTest, AnEmergencyIsSeenLive) {
  HttpClient watcher(port_);
  const std::string asked = Json{{"parent", school_.county}}.dump();
  watcher.Send(RequestBytes("POST /tonghu.alerts.v1.AlertService/WatchAlerts",
                            "Content-Type: application/connect+json\r\n" + Bearer(),
                            gateway::EnvelopeHead(0, asked.size()) + asked));
  ASSERT_EQ(watcher.ReadHead().status, 200);
  const Json report = {{"parent", school_.county},
                       {"child", child_},
                       {"kind", "EMERGENCY_KIND_ACCIDENT"},
                       {"reporter", school_.county + "/staffMembers/O1"},
                       {"description", "放学路上摔伤"}};
  const auto reported = Post("alerts.v1.SignalService/ReportEmergency", report, Bearer());
  ASSERT_EQ(reported.status, 200) << reported.body;
  EXPECT_THAT(reported.header("trailer-tonghu-position"), StartsWith("alerts/"));
  const std::string name = Json::parse(reported.body)["name"];
  std::string seen;
  while (seen != name) {
    const std::string envelope = watcher.ReadChunk();
    ASSERT_GT(envelope.size(), gateway::kEnvelopeHead) << "the stream ended";
    const Json change = Json::parse(envelope.substr(gateway::kEnvelopeHead));
    if (change.contains("alert")) seen = change["alert"]["name"];
  }
}

TEST_F(GatewaySystemTest, WhatGoesAwayIsSaidAndComesBack) {
  ASSERT_EQ(ListAlerts().status, 200);
  ASSERT_TRUE(stack().Kill("alerts-1").ok());
  EXPECT_EQ(ListAlerts().status, 503);
  ASSERT_TRUE(stack().Start("alerts-1").ok());
  EXPECT_TRUE(Comes([] { return ListAlerts().status == 200; }));

  ASSERT_TRUE(stack().Kill("access-1").ok());
  EXPECT_TRUE(Comes([] { return ReasonOf(ListAlerts()) == "SIGN_IN_UNAVAILABLE"; })) << ListAlerts().body;
  ASSERT_TRUE(stack().Start("access-1").ok());
  EXPECT_TRUE(Comes([] { return ListAlerts().status == 200; })) << ListAlerts().body;
}

TEST_F(GatewaySystemTest, EveryServiceIsAskedForItsStatusByName) {
  const auto unnamed = Post("journal.v1.JournalService/GetStatus", Json::object(), Bearer());
  EXPECT_EQ(unnamed.status, 404);
  const auto named =
      HttpClient(port_).Ask(RequestBytes("POST /alerts/tonghu.journal.v1.JournalService/GetStatus",
                                         "Content-Type: application/json\r\n" + Bearer(), "{}"));
  // Whether an officer may see the status is alerts' to say.
  EXPECT_NE(named.status, 404);
}

TEST_F(GatewaySystemTest, TheApiDescribesItself) {
  for (const char* path : {"/api/", "/api/openapi.json", "/api/asyncapi.json", "/api/page.css"}) {
    const auto reply = HttpClient(port_).Ask(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_THAT(reply.header("content-security-policy"), StartsWith("default-src 'self'"));
  }
}

// The commands of docs/http-api.md, as they stand there.
TEST_F(GatewaySystemTest, TheExamplesOfTheDocumentWork) {
  std::ifstream file(TONGHU_ROOT "/docs/http-api.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  const std::regex block("```sh\n([^`]*)```");
  int examples = 0;
  for (std::sregex_iterator at(document.begin(), document.end(), block), end; at != end; ++at) {
    const std::string command = absl::StrCat("set -e; TONGHU=http://127.0.0.1:", port_,
                                             "; KEY=", officer_.token, "; COUNTY=520203; ", (*at)[1].str());
    FILE* pipe = ::popen(
        absl::StrCat("bash -c '", absl::StrReplaceAll(command, {{"'", "'\\''"}}), "' 2>&1").c_str(), "re");
    std::string output;
    char bytes[4096];
    while (const size_t n = std::fread(bytes, 1, sizeof bytes, pipe)) output.append(bytes, n);
    EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << output;
    ++examples;
  }
  EXPECT_GE(examples, 4);
}

// Ten thousand idle streams would need as many descriptors here as there; what one process may have is held.
TEST_F(GatewaySystemTest, ManyIdleStreamsLeaveRoomForCalls) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const std::string asked = Json{{"parent", school_.county}}.dump();
  std::vector<std::unique_ptr<HttpClient>> watchers;
  // The gateway counts connections of an address; loopback has many.
  for (int i = 0; i < 150; ++i) {
    watchers.push_back(std::make_unique<HttpClient>(port_));
    watchers.back()->Send(RequestBytes("POST /tonghu.alerts.v1.AlertService/WatchAlerts",
                                       "Content-Type: application/connect+json\r\n" + Bearer(),
                                       gateway::EnvelopeHead(0, asked.size()) + asked));
  }
  for (auto& watcher : watchers) ASSERT_EQ(watcher->ReadHead().status, 200);
  EXPECT_EQ(ListAlerts().status, 200);
}

}  // namespace
}  // namespace tonghu::system_test
