#include "services/gateway/domain/single_sign_on.h"

#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

constexpr char kState[] = "0123456789abcdef";

TEST(SingleSignOnTest, TheSubjectIsTheHeadersOneValue) {
  const SsoSettings settings;
  EXPECT_EQ(*SubjectOf({{"Host", "a"}, {"Tonghu-Sso-Subject", "zhangsan"}}, settings), "zhangsan");
  const std::string odd("zhang\0san", 9);
  for (const Headers& headers :
       {Headers{}, Headers{{"tonghu-sso-subject", ""}}, Headers{{"tonghu-sso-subject", odd}},
        Headers{{"tonghu-sso-subject", std::string(256, 's')}},
        Headers{{"tonghu-sso-subject", "zhangsan"}, {"Tonghu-SSO-Subject", "lisi"}},
        Headers{{"remote-user", "zhangsan"}}})
    EXPECT_EQ(SubjectOf(headers, settings).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SingleSignOnTest, AnOperatorMayDemandHowTheProviderAsked) {
  SsoSettings settings;
  settings.acr = {"urn:2fa", "gold"};
  const Headers named{{"tonghu-sso-subject", "zhangsan"}};
  EXPECT_EQ(SubjectOf(named, settings).status().code(), absl::StatusCode::kPermissionDenied);
  Headers weak = named, strong = named;
  weak.emplace_back("tonghu-sso-acr", "password");
  strong.emplace_back("tonghu-sso-acr", "gold");
  EXPECT_EQ(SubjectOf(weak, settings).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(*SubjectOf(strong, settings), "zhangsan");
}

TEST(SingleSignOnTest, OnlyABrowserThatBeganHereEndsHere) {
  const auto began = [](const std::string& state, const std::string& cookie) {
    return BeganHere({"/sso", {{"state", state}}}, {{"Cookie", cookie}});
  };
  EXPECT_TRUE(began(kState, "a=b; tonghu_sso=0123456789abcdef"));
  EXPECT_FALSE(began(kState, "tonghu_sso=0123456789abcdeg"));
  EXPECT_FALSE(began(kState, ""));
  EXPECT_FALSE(began("", "tonghu_sso="));
  EXPECT_FALSE(began("short", "tonghu_sso=short"));
  // A neighbour of the domain may have set the other of two.
  EXPECT_FALSE(began(kState, "tonghu_sso=0123456789abcdef; tonghu_sso=0123456789abcdef"));
  EXPECT_FALSE(BeganHere({"/sso", {}}, {{"Cookie", "tonghu_sso=0123456789abcdef"}}));
}

TEST(SingleSignOnTest, TheWayBackStaysOnTheSite) {
  const auto back = [](const std::string& path) {
    return ReturnPath({"/sso", {{"return", path}}}, SsoSettings());
  };
  EXPECT_EQ(ReturnPath({"/sso", {}}, SsoSettings()), "/");
  for (const char* path : {"/", "/m/week", "/520203/alerts?scope=mine&x=%E9%98%B3"})
    EXPECT_EQ(back(path), path);
  for (const char* path :
       {"//evil.test", "/\\evil.test", "\\\\evil.test", "https://evil.test", "evil.test", "",
        "/a\r\nSet-Cookie: x", "/a b", "/阳", "/sso?return=/sso", "javascript:alert(1)"})
    EXPECT_EQ(back(path), "/") << path;
  EXPECT_EQ(back("/" + std::string(2000, 'a')), "/");
}

TEST(SingleSignOnTest, PathsForIt) {
  for (const char* path : {"/sso", "/sign-on/province_1"}) EXPECT_TRUE(IsSsoPath(path)) << path;
  for (const char* path :
       {"", "/", "sso", "/sso/", "//sso", "/s so", "/sso?x", "/m", "/m/sso", "/api", "/assets/x"})
    EXPECT_FALSE(IsSsoPath(path)) << path;
}

}  // namespace
}  // namespace tonghu::gateway
