// Single sign-on over real sockets: who comes by the operator's own front, and who only says so.
#include "services/gateway/http/single_sign_on.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kBegun[] = "Cookie: tonghu_sso=0123456789abcdef\r\n";
constexpr char kAddress[] = "/sso?state=0123456789abcdef";

class SsoSocketTest : public GatewayTest {
 protected:
  SsoSocketTest() {
    prepare = [](Limits&, Manners& manners) {
      manners.proxies = *Networks::Parse("127.0.0.1");
      manners.secure_cookie = true;
    };
  }
  void SetUp() override {
    GatewayTest::SetUp();
    std::string name = std::filesystem::temp_directory_path() / "tonghu-sso-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    settings_.socket = folder_ + "/sso.sock";
    settings_.issuer = "https://sso.example.gov.cn";
    Serve();
  }
  void TearDown() override {
    if (door_ != nullptr) door_->Stop(absl::ZeroDuration());
    GatewayTest::TearDown();
    std::filesystem::remove_all(folder_);
  }
  void Serve() {
    if (door_ != nullptr) door_->Stop(absl::ZeroDuration());
    auto door = ServeSso(settings_);
    ASSERT_TRUE(door.ok()) << door.status();
    door_ = *std::move(door);
  }
  // What the front hands over.
  HttpReply Hand(const std::string& target, const std::string& headers) {
    return HttpClient(settings_.socket)
        .Ask("GET " + target + " HTTP/1.1\r\nHost: tonghu.test\r\n" + headers + "\r\n");
  }
  static std::string Named(const std::string& subject) {
    return absl::StrCat(kBegun, "Tonghu-Sso-Subject: ", subject, "\r\n");
  }

  std::string folder_;
  SsoSettings settings_;
  std::unique_ptr<Server> door_;
};

TEST_F(SsoSocketTest, WhomTheFrontNamesGetsASessionAndThePages) {
  const auto reply =
      Hand(absl::StrCat(kAddress, "&return=%2F520203%2Falerts%3Fscope%3Dmine"),
           Named("zhangsan") + "X-Forwarded-For: 9.9.9.9, 1.2.3.4, 127.0.0.1\r\nUser-Agent: Firefox\r\n");
  ASSERT_EQ(reply.status, 303) << reply.body;
  EXPECT_EQ(reply.header("location"), "/520203/alerts?scope=mine");
  std::string cookies;
  for (const auto& [name, value] : reply.headers) cookies += name == "set-cookie" ? value + "\n" : "";
  EXPECT_THAT(cookies, HasSubstr("tonghu_session=good; Path=/; HttpOnly; SameSite=Strict; Secure"));
  EXPECT_THAT(cookies, HasSubstr("tonghu_sso=; Path=/sso; Max-Age=0"));
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(access.last_federated.issuer(), "https://sso.example.gov.cn");
  EXPECT_EQ(access.last_federated.subject(), "zhangsan");
  EXPECT_EQ(access.last_federated.address(), "1.2.3.4");
  EXPECT_EQ(access.last_federated.user_agent(), "Firefox");
  EXPECT_EQ(Post("Look", "Content-Type: application/json\r\nCookie: tonghu_session=good\r\n", "{}").status,
            200);
}

TEST_F(SsoSocketTest, TheSocketServesOnePathAndNothingElse) {
  for (const char* target : {"/", "/index.html", "/sso/", "/sso/x", "/ssox", "/api/", "/m/"})
    EXPECT_EQ(Hand(target, Named("zhangsan")).status, 404) << target;
  const std::string call = absl::StrCat(Named("zhangsan"), kSignedIn);
  EXPECT_EQ(HttpClient(settings_.socket).Ask(RequestBytes("POST " + Path("Look"), call, "{}")).status, 404);
  EXPECT_EQ(
      HttpClient(settings_.socket).Ask(RequestBytes(absl::StrCat("POST ", kAddress), call, "{}")).status,
      405);
  EXPECT_EQ(access.federated, 0);
  EXPECT_EQ(service.started, 0);
}

TEST_F(SsoSocketTest, OnThePublicListenerTheHeaderMeansNothing) {
  for (const char* target : {kAddress, "/sso", "/"}) {
    const auto reply = Get(target, Named("zhangsan"));
    EXPECT_NE(reply.status, 303) << target;
    EXPECT_EQ(reply.header("set-cookie"), "") << target;
  }
  const auto call = Post("Look", absl::StrCat(kJsonHead, Named("zhangsan")), "{}");
  EXPECT_EQ(call.status, 401) << call.body;
  EXPECT_EQ(access.federated, 0);
  // Nor does a service hear of it.
  const Json metadata = Json::parse(
      Post("Look", absl::StrCat(kSignedIn, "Tonghu-Sso-Subject: zhangsan\r\n"), "{}").body)["metadata"];
  EXPECT_FALSE(metadata.contains("tonghu-sso-subject"));
  // The gateway can't be asked for such a session by its method.
  EXPECT_EQ(Ask(RequestBytes("POST /tonghu.access.v1.SessionService/CreateFederatedSession",
                             "Content-Type: application/json\r\n", R"({"subject":"zhangsan"})"))
                .status,
            404);
}

TEST_F(SsoSocketTest, WhoDidNotBeginAtTheSignInPageIsSentBackThere) {
  for (const char* headers : {"Tonghu-Sso-Subject: zhangsan\r\n",
                              "Tonghu-Sso-Subject: zhangsan\r\nCookie: tonghu_sso=fedcba9876543210\r\n"}) {
    const auto reply = Hand(kAddress, headers);
    EXPECT_EQ(reply.status, 403);
    EXPECT_THAT(reply.body, HasSubstr("登录须从本系统登录页面开始"));
    EXPECT_EQ(reply.header("set-cookie"), "");
  }
  EXPECT_EQ(Hand("/sso", Named("zhangsan")).status, 403);
  EXPECT_EQ(access.federated, 0);
}

TEST_F(SsoSocketTest, WhoHasNoAccountReadsWhatToDo) {
  const auto reply = Hand(kAddress, Named("<b>lisi</b>"));
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.header("set-cookie"), "");
  EXPECT_THAT(reply.body, AllOf(HasSubstr("您的统一身份认证账号尚未绑定本系统账号"),
                                HasSubstr("&lt;b&gt;lisi&lt;/b&gt;"), Not(HasSubstr("<b>"))));
  const std::string policy = reply.header("content-security-policy");
  EXPECT_THAT(policy, StartsWith("default-src 'none'; style-src 'nonce-"));
  EXPECT_THAT(reply.body, HasSubstr("<style nonce=\"" + policy.substr(37, 32) + "\""));
}

TEST_F(SsoSocketTest, AFrontThatNamesNobodyOpensNothing) {
  for (const std::string& headers : {std::string(kBegun), Named(""),
                                     Named("zhangsan") + "Tonghu-Sso-Subject: lisi\r\n", Named("\xff\xfe")}) {
    const auto reply = Hand(kAddress, headers);
    EXPECT_EQ(reply.status, 403) << headers;
    EXPECT_THAT(reply.body, HasSubstr("没有给出您的账号"));
  }
  EXPECT_EQ(access.federated, 0);
}

TEST_F(SsoSocketTest, TheProviderMayHaveToSayHowItAsked) {
  settings_.acr = {"urn:2fa"};
  Serve();
  EXPECT_THAT(Hand(kAddress, Named("zhangsan")).body, HasSubstr("双因素"));
  EXPECT_EQ(Hand(kAddress, Named("zhangsan") + "Tonghu-Sso-Acr: urn:pwd\r\n").status, 403);
  EXPECT_EQ(access.federated, 0);
  EXPECT_EQ(Hand(kAddress, Named("zhangsan") + "Tonghu-Sso-Acr: urn:2fa\r\n").status, 303);
}

TEST_F(SsoSocketTest, WithoutAccessNobodyIsLetIn) {
  StopBackend();
  const auto reply = Hand(kAddress, Named("zhangsan"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("set-cookie"), "");
}

TEST_F(SsoSocketTest, TheSocketIsAFileForTheFrontAlone) {
  EXPECT_EQ(door_->port(), 0);
  struct stat file {};
  ASSERT_EQ(::stat(settings_.socket.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0660u);
  // Another gateway does not take it away.
  EXPECT_THAT(ServeSso(settings_).status().message(), HasSubstr("somebody listens"));
  // One that has gone leaves a file, which is replaced.
  Serve();
  EXPECT_EQ(Hand(kAddress, Named("zhangsan")).status, 303);
  door_->Stop(absl::ZeroDuration());
  std::filesystem::remove(settings_.socket);
  std::ofstream(settings_.socket) << "not a socket";
  EXPECT_THAT(ServeSso(settings_).status().message(), HasSubstr("no socket"));
  EXPECT_TRUE(std::filesystem::is_regular_file(settings_.socket));
}

}  // namespace
}  // namespace tonghu::gateway::testing
