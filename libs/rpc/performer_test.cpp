// Who is recorded as having done what a request says.
#include "libs/rpc/performer.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"
#include "libs/rpc/method.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using rights::Role;
using testing::DeedRequest;

constexpr char kMei[] = "counties/520521/staffMembers/mei";
constexpr char kYang[] = "counties/520521/staffMembers/yang";

Caller Teacher() {
  return {.actor = "counties/520521/accounts/1",
          .staff_member = kMei,
          .rights = {
              {Role::kClassTeacher, {.county = "520521", .school_id = "s1", .grade = 3, .class_number = 1}}}};
}
Caller Officer(const char* county = "520521") {
  return {.actor = "counties/520521/accounts/2",
          .staff_member = kMei,
          .rights = {{Role::kCountyOfficer, {.county = county}}}};
}
Caller Nobodys(Caller caller) {
  caller.staff_member = "";
  return caller;
}

// The reason and field of the refusal; else who is named in the end.
std::string NamedAfter(const Caller& caller, const std::string& named) {
  const auto method =
      Method::Of(*testing::Described("tonghu.rpc.testing.DeedService").FindMethodByName("One"));
  EXPECT_TRUE(method.ok()) << method.status();
  DeedRequest request;
  if (!named.empty()) request.mutable_deed()->set_staff_member(named);
  const absl::Status settled = method->performer().Settle(caller, "520521", request);
  const refusal::Refusal why = refusal::Of(settled);
  return settled.ok() ? request.deed().staff_member() : absl::StrCat(why.reason, " ", why.field);
}

TEST(PerformerTest, APersonActsAsThemselves) {
  EXPECT_EQ(NamedAfter(Teacher(), kMei), kMei);
  EXPECT_EQ(NamedAfter(Teacher(), ""), kMei);
  EXPECT_EQ(NamedAfter(Teacher(), kYang), "STAFF_MEMBER_NOT_YOURS deed.staff_member");
  EXPECT_EQ(NamedAfter(Nobodys(Teacher()), kYang), "STAFF_MEMBER_NOT_YOURS deed.staff_member");
  EXPECT_EQ(NamedAfter(Nobodys(Teacher()), ""), "ACCOUNT_WITHOUT_STAFF_MEMBER deed.staff_member");
}

TEST(PerformerTest, AnOfficeRecordsForOthersInItsCounty) {
  EXPECT_EQ(NamedAfter(Officer(), kYang), kYang);
  EXPECT_EQ(NamedAfter(Officer(), ""), kMei);
  EXPECT_EQ(NamedAfter(Officer("520522"), kYang), "STAFF_MEMBER_NOT_YOURS deed.staff_member");
  EXPECT_EQ(NamedAfter(*LocalOperator(), kYang), kYang);
  EXPECT_EQ(NamedAfter(*LocalOperator(), ""), "") << "what is required is the method's to say";
  EXPECT_EQ(NamedAfter(Nobodys(Officer()), ""), "");
}

TEST(PerformerTest, EachOfManyIsLookedAt) {
  const auto method =
      Method::Of(*testing::Described("tonghu.rpc.testing.DeedService").FindMethodByName("Many"));
  ASSERT_TRUE(method.ok()) << method.status();
  DeedRequest request;
  EXPECT_TRUE(method->performer().Settle(Teacher(), "520521", request).ok());
  request.add_deeds()->set_staff_member(kMei);
  request.add_deeds();
  EXPECT_TRUE(method->performer().Settle(Teacher(), "520521", request).ok());
  EXPECT_EQ(request.deeds(1).staff_member(), kMei);
  request.add_deeds()->set_staff_member(kYang);
  EXPECT_EQ(refusal::Of(method->performer().Settle(Teacher(), "520521", request)).reason,
            "STAFF_MEMBER_NOT_YOURS");
}

}  // namespace
}  // namespace tonghu::rpc
