#include "services/gateway/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace tonghu::gateway {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = "socket = '/run/tonghu/sso.sock'\nissuer = 'https://sso.example.gov.cn'\n";

absl::StatusOr<Config> Read(const std::string& sso) {
  auto reader =
      config::Reader::Parse(absl::StrCat("descriptor_set = 'x'\n", sso.empty() ? "" : "[sso]\n", sso));
  EXPECT_TRUE(reader.ok()) << reader.status();
  auto config = ReadConfig(*reader);
  return config.ok() && !reader->Finish().ok() ? reader->Finish() : config;
}

TEST(GatewayConfigTest, SingleSignOnIsOffUnlessThereIsASocket) {
  const auto off = Read("");
  ASSERT_TRUE(off.ok()) << off.status();
  EXPECT_EQ(off->sso.socket, "");
  EXPECT_EQ(off->manners.sso_path, "");
  const auto on = Read(absl::StrCat(
      kGood, "acr = 'urn:2fa, gold'\nsign_out = 'https://sso.example.gov.cn/end?client_id=tonghu'\n"));
  ASSERT_TRUE(on.ok()) << on.status();
  EXPECT_EQ(on->sso.socket_mode, 0660u);
  EXPECT_EQ(on->sso.acr.size(), 2u);
  EXPECT_EQ(on->manners.sso_path, "/sso");
  EXPECT_EQ(on->manners.sso_sign_out, "https://sso.example.gov.cn/end?client_id=tonghu");
}

TEST(GatewayConfigTest, WhatWouldLetStrangersInIsRefused) {
  for (const auto& [line, key] : std::vector<std::pair<std::string, std::string>>{
           {"socket_mode = '0666'", "sso.socket_mode"},
           {"socket_mode = '660'", "sso.socket_mode"},
           {"socket_mode = '0668'", "sso.socket_mode"},
           {"path = '/'", "sso.path"},
           {"path = '/m'", "sso.path"},
           {"sign_out = 'javascript:alert(1)'", "sso.sign_out"},
           {"sign_out = '//evil.test'", "sso.sign_out"},
           {"sign_out = 'https://a/\"><script>'", "sso.sign_out"}})
    EXPECT_THAT(Read(absl::StrCat(kGood, line)).status().message(), HasSubstr(key)) << line;
  EXPECT_THAT(Read("socket = 'sso.sock'\nissuer = 'x'").status().message(), HasSubstr("sso.socket"));
  EXPECT_THAT(Read("socket = '/sso.sock'").status().message(), HasSubstr("sso.issuer"));
}

}  // namespace
}  // namespace tonghu::gateway
