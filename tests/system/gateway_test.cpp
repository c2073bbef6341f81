// The gateway before a whole system: signing in, calling, watching over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/gateway/domain/envelope.h"
#include "tests/system/gateway_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

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

}  // namespace
}  // namespace tonghu::system_test
