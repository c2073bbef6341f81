// Who calls: sessions, keys, pages of others; and the console's files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kCookie[] = "Content-Type: application/json\r\nCookie: tonghu_session=good\r\n";

class SessionTest : public GatewayTest {
 protected:
  static std::string ReasonOf(const HttpReply& reply) {
    const Json json = Json::parse(reply.body, nullptr, false);
    if (json.is_discarded() || !json.contains("details")) return "";
    for (const auto& detail : json["details"]) {
      if (detail["type"] == "google.rpc.ErrorInfo") return detail["debug"]["reason"];
    }
    return "";
  }
};

TEST_F(SessionTest, WhoIsNotSignedInIsRefused) {
  const auto reply = Post("Look", kJsonHead, "{}");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(ReasonOf(reply), "NOT_SIGNED_IN");
  const auto over = Post("Look", absl::StrCat(kJsonHead, "Authorization: Bearer wrong\r\n"), "{}");
  EXPECT_EQ(over.status, 401);
  EXPECT_EQ(ReasonOf(over), "SESSION_OVER");
  EXPECT_EQ(Post("Look", absl::StrCat(kJsonHead, "Authorization: Basic good\r\n"), "{}").status, 401);
  EXPECT_EQ(
      Post("Look", absl::StrCat(kJsonHead, "Authorization: Bearer ", std::string(600, 'x'), "\r\n"), "{}")
          .status,
      401);
}

TEST_F(SessionTest, ByCookieOrKeyTheIdentityGoesAlong) {
  for (const char* headers : {kSignedIn, kCookie}) {
    const Json metadata = Json::parse(Post("Look", headers, "{}").body)["metadata"];
    EXPECT_EQ(metadata["tonghu-identity-bin"], "binary") << headers;
  }
}

TEST_F(SessionTest, AnIdentityIsUsedAgainForSeconds) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Post("Look", kSignedIn, "{}").status, 200);
  EXPECT_LT(access.asked, 20);
  const int before = access.asked;
  Post("Look", absl::StrCat(kSignedIn, "Tonghu-Purpose: %E5%AE%B6%E8%AE%BF\r\n"), "{}");
  EXPECT_EQ(access.asked, before + 1);  // another purpose is another identity
  access.over = true;
  EXPECT_TRUE(Comes([this] { return Post("Look", kSignedIn, "{}").status == 401; }));
}

TEST_F(SessionTest, TheTokenOfANewSessionGoesIntoTheCookieOnly) {
  const auto reply = Post("Open", kJsonHead, R"({"text":"hello"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.header("set-cookie"),
              AllOf(StartsWith("tonghu_session=good;"), HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict")));
  EXPECT_THAT(reply.body, Not(HasSubstr("good")));
  const Json metadata = Json::parse(reply.body)["metadata"];
  EXPECT_EQ(metadata["tonghu-address"], "127.0.0.1");
  EXPECT_FALSE(metadata.contains("tonghu-identity-bin"));
}

TEST_F(SessionTest, TheCookieFillsTheRequestWhateverTheClientWrote) {
  const auto reply = Post("Renew", kCookie, R"({"sessionToken":"forged"})");
  EXPECT_EQ(Json::parse(reply.body)["text"], "good");
  EXPECT_EQ(reply.headers.count("set-cookie"), 0U);
  EXPECT_THAT(Post("Renew", kCookie, R"({"text":"new"})").header("set-cookie"),
              StartsWith("tonghu_session=good-too;"));
  const auto nobody = Post("Renew", kJsonHead, R"({"sessionToken":"forged"})");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(ReasonOf(nobody), "NOT_SIGNED_IN");
}

TEST_F(SessionTest, AnEndedSessionsCookieIsTakenAway) {
  EXPECT_THAT(Post("Close", kCookie, "{}").header("set-cookie"),
              AllOf(StartsWith("tonghu_session=;"), HasSubstr("Max-Age=0")));
}

TEST_F(SessionTest, PagesOfOthersMayNotUseTheCookie) {
  for (const char* headers :
       {"Origin: https://evil.test\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n"}) {
    EXPECT_EQ(Post("Look", absl::StrCat(kCookie, headers), "{}").status, 403) << headers;
    EXPECT_EQ(Post("Open", absl::StrCat(kJsonHead, headers), "{}").status, 403) << headers;
  }
  EXPECT_EQ(Get(Path("Look") + "?encoding=json&message=%7B%7D",
                "Cookie: tonghu_session=good\r\nSec-Fetch-Site: cross-site\r\n")
                .status,
            403);
  EXPECT_EQ(Post("Look", absl::StrCat(kCookie, "Origin: http://tonghu.test\r\n"), "{}").status, 200);
  EXPECT_EQ(Post("Look", absl::StrCat(kSignedIn, "Origin: https://partner.test\r\n"), "{}").status, 200);
}

class FewCalls : public SessionTest {
 protected:
  FewCalls() {
    prepare = [](Limits&, Manners& manners) { manners.calls_per_account = 20; };
  }
};

TEST_F(FewCalls, AnAccountThatCallsTooOftenIsAskedToWait) {
  int refused = 0;
  for (int i = 0; i < 70; ++i) {
    const auto reply = Post("Look", kSignedIn, "{}");
    if (reply.status == 200) continue;
    EXPECT_EQ(ReasonOf(reply), "TOO_MANY_CALLS");
    ++refused;
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(Post("Look", absl::StrCat(kJsonHead, "Authorization: Bearer good-too\r\n"), "{}").status, 200);
}

class BehindProxy : public SessionTest {
 protected:
  BehindProxy() {
    prepare = [](Limits&, Manners& manners) {
      manners.proxies = *Networks::Parse("127.0.0.1");
      manners.secure_cookie = true;
    };
  }
};

TEST_F(BehindProxy, TheClientsAddressIsTheProxysWord) {
  const auto reply = Post(
      "Open", absl::StrCat(kJsonHead, "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"),
      "{}");
  EXPECT_EQ(Json::parse(reply.body)["metadata"]["tonghu-address"], "1.2.3.4");
  EXPECT_THAT(reply.header("strict-transport-security"), StartsWith("max-age="));
  EXPECT_THAT(reply.header("set-cookie"), HasSubstr("Secure"));
}

TEST_F(SessionTest, AForwardedAddressOfAnybodyElseIsIgnored) {
  const auto reply =
      Post("Open", absl::StrCat(kJsonHead, "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"), "{}");
  EXPECT_EQ(Json::parse(reply.body)["metadata"]["tonghu-address"], "127.0.0.1");
  EXPECT_EQ(reply.header("strict-transport-security"), "");
}

class SiteTest : public SessionTest {
 protected:
  SiteTest() {
    folder_ = std::filesystem::temp_directory_path() / absl::StrCat("tonghu-site-", ::getpid());
    for (const char* name : {"assets", "m"}) std::filesystem::create_directories(folder_ / name);
    Write("index.html", "<html nonce=\"__CSP_NONCE__\">office</html>");
    Write("m/index.html", "<html>phone</html>");
    Write("assets/a-1.js", std::string(5000, ';'));
    Write("icon.svg", "<svg/>");
    site_folder = folder_;
  }
  ~SiteTest() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  std::filesystem::path folder_;
};

TEST_F(SiteTest, UnknownAddressesAreTheApplications) {
  for (const char* path : {"/", "/alerts", "/alerts/520203/x", "/index.html"}) {
    const auto reply = Get(path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_THAT(reply.body, HasSubstr("office")) << path;
  }
  for (const char* path : {"/m/", "/m", "/m/week?x=1"})
    EXPECT_THAT(Get(path).body, HasSubstr("phone")) << path;
  for (const char* path :
       {"/nothing.js", "/assets/b.js", "/../etc/passwd.x", "/..%2f..%2fetc%2fhost.conf", "/m/x.css"})
    EXPECT_EQ(Get(path).status, 404) << path;
}

TEST_F(SiteTest, PagesHaveAPolicyAndANonceOfTheirOwn) {
  const auto first = Get("/");
  const auto second = Get("/");
  EXPECT_THAT(
      first.header("content-security-policy"),
      AllOf(StartsWith("default-src 'self'"), HasSubstr("frame-ancestors 'none'"), Not(HasSubstr("unsafe"))));
  EXPECT_THAT(first.body, Not(HasSubstr("__CSP_NONCE__")));
  EXPECT_NE(first.body, second.body);
  const std::string nonce = first.body.substr(13, 32);
  EXPECT_THAT(first.header("content-security-policy"), HasSubstr("'nonce-" + nonce + "'"));
  EXPECT_EQ(first.header("cache-control"), "no-cache");
  EXPECT_EQ(first.header("x-frame-options"), "DENY");
}

TEST_F(SiteTest, FilesAreKeptAndPacked) {
  const auto plain = Get("/assets/a-1.js");
  EXPECT_EQ(plain.body.size(), 5000U);
  EXPECT_THAT(plain.header("cache-control"), HasSubstr("immutable"));
  const auto packed = Get("/assets/a-1.js", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 1000U);
  EXPECT_EQ(Get("/icon.svg", absl::StrCat("If-None-Match: ", Get("/icon.svg").header("etag"), "\r\n")).status,
            304);
}

TEST_F(SiteTest, AHeadHasNoBody) {
  HttpClient client(port());
  client.Send("HEAD /icon.svg HTTP/1.1\r\nHost: a\r\n\r\nGET /icon.svg HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Read(/*head_only=*/true).header("content-length"), "6");
  EXPECT_EQ(client.Read().body, "<svg/>");
}

}  // namespace
}  // namespace tonghu::gateway::testing
