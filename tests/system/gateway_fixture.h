// A whole system with a gateway, for tests that call over HTTP: a school, a paired child, an officer who has
// signed in.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/client/first_sign_in.h"
#include "libs/totp/totp.h"
#include "services/gateway/testing/http_client.h"
#include "tests/system/stack_fixture.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::system_test {

using gateway::testing::HttpClient;
using gateway::testing::HttpReply;
using gateway::testing::RequestBytes;
using Json = nlohmann::json;

inline constexpr char kPassword[] = "Juhua#Tea-7";

class GatewaySystemTest : public SchoolTest {
 protected:
  static void SetUpTestSuite() {
    SchoolTest::SetUpTestSuite();
    ASSERT_FALSE(school_.county.empty());
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
  void SetUp() override { ASSERT_NE(port_, 0); }

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
  // Signs the officer in as a browser does. The code is the next half minute's: this one's may be used up.
  static void SignInAgain() {
    const auto opened = Post("access.v1.SessionService/CreateSession",
                             {{"login", officer_.login}, {"password", kPassword}}, "");
    ASSERT_EQ(opened.status, 200) << opened.body;
    const std::string cookie = opened.header("set-cookie");
    const auto verified = Post("access.v1.SessionService/VerifySession",
                               {{"code", totp::CodeAt(officer_.secret, absl::Now() + absl::Seconds(30))}},
                               absl::StrCat("Cookie: ", cookie.substr(0, cookie.find(';')), "\r\n"));
    ASSERT_EQ(verified.status, 200) << verified.body;
    const std::string set = verified.header("set-cookie");
    officer_.token = set.substr(set.find('=') + 1, set.find(';') - set.find('=') - 1);
  }
  static bool Comes(const std::function<bool()>& condition) {
    const absl::Time until = clock::MonotonicNow() + absl::Seconds(90);
    while (!condition() && clock::MonotonicNow() < until) absl::SleepFor(absl::Milliseconds(50));
    return condition();
  }

  static inline std::string child_;
  static inline client::SignedIn officer_;
  static inline int port_ = 0;
};

}  // namespace tonghu::system_test
