// Identities as they travel: what is believed, and what is not.
#include "libs/principal/principal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "libs/principal/testing/make_keys.h"
#include "libs/refusal/refusal.h"

namespace tonghu::principal {
namespace {

using ::testing::ElementsAre;
using testing::MakeKeys;

const absl::Time kNow = absl::FromUnixSeconds(1800000000);

access::v1::Identity Teacher() {
  access::v1::Identity identity;
  identity.set_actor("counties/520324/accounts/a-1");
  identity.set_staff_member("counties/520324/staffMembers/t1");
  *identity.add_rights() = ToMessage(
      {rights::Role::kClassTeacher, {.county = "520324", .school_id = "s1", .grade = 3, .class_number = 1}});
  *identity.add_rights() =
      ToMessage({rights::Role::kHelper, {.county = "520324", .child_ids = {"c1", "c2"}}});
  identity.set_audience("pairing");
  identity.set_presenter("gateway");
  identity.mutable_issue_time()->set_seconds(absl::ToUnixSeconds(kNow));
  identity.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kNow + absl::Minutes(1)));
  identity.set_address("10.0.0.7");
  identity.set_purpose("家访");
  identity.set_session_id("s-1");
  return identity;
}

class PrincipalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/public");
    MakeKeys(folder_ + "/one.pem", folder_ + "/public/one.pem");
  }
  std::string Signed(const access::v1::Identity& identity, const char* key = "one.pem") const {
    const auto read = SigningKey::Read(absl::StrCat(folder_, "/", key));
    if (!read.ok()) return read.status().ToString();
    return Sign(*read, identity)->SerializeAsString();
  }
  // The reason for which the identity is refused; empty: it is believed.
  std::string Refused(const std::string& bytes, const char* presenter = "gateway", absl::Time now = kNow) {
    const auto verified = verifier_->Verify(bytes, presenter, now);
    if (verified.ok()) return "";
    EXPECT_EQ(verified.status().code(), absl::StatusCode::kUnauthenticated) << verified.status();
    return refusal::Of(verified.status()).reason;
  }
  Verifier& Make(const char* audience = "pairing") {
    verifier_ = std::make_unique<Verifier>(folder_ + "/public", audience);
    return *verifier_;
  }

  std::string folder_;
  std::unique_ptr<Verifier> verifier_;
};

TEST_F(PrincipalTest, WhatAccessHasSignedIsBelieved) {
  const auto verified = Make().Verify(Signed(Teacher()), "gateway", kNow);
  ASSERT_TRUE(verified.ok()) << verified.status();
  const Principal& who = **verified;
  EXPECT_EQ(who.actor, "counties/520324/accounts/a-1");
  EXPECT_EQ(who.staff_member, "counties/520324/staffMembers/t1");
  EXPECT_EQ(who.address, "10.0.0.7");
  EXPECT_EQ(who.purpose, "家访");
  EXPECT_EQ(who.session_id, "s-1");
  ASSERT_EQ(who.rights.size(), 2u);
  EXPECT_EQ(who.rights[0],
            (rights::Right{rights::Role::kClassTeacher,
                           {.county = "520324", .school_id = "s1", .grade = 3, .class_number = 1}}));
  EXPECT_THAT(who.rights[1].area.child_ids, ElementsAre("c1", "c2"));
  EXPECT_EQ(*verifier_->Verify(Signed(Teacher()), "gateway", kNow), *verified) << "verified once";
}

TEST_F(PrincipalTest, WhatWasChangedIsForged) {
  Make();
  access::v1::SignedIdentity sent;
  ASSERT_TRUE(sent.ParseFromString(Signed(Teacher())));
  access::v1::Identity more = Teacher();
  *more.add_rights() = ToMessage({rights::Role::kProvinceOfficer, {}});
  access::v1::SignedIdentity changed = sent;
  changed.set_identity(more.SerializeAsString());
  EXPECT_EQ(Refused(changed.SerializeAsString()), "IDENTITY_FORGED");
  changed = sent;
  changed.mutable_signature()->back() ^= 1;
  EXPECT_EQ(Refused(changed.SerializeAsString()), "IDENTITY_FORGED");
  changed = sent;
  changed.clear_signature();
  EXPECT_EQ(Refused(changed.SerializeAsString()), "IDENTITY_FORGED");
  EXPECT_EQ(Refused(""), "IDENTITY_FORGED");
  EXPECT_EQ(Refused("\xff\xff"), "IDENTITY_FORGED");
  EXPECT_EQ(Refused(std::string(100 << 10, 'x')), "IDENTITY_FORGED");
  // What the same key signed for another use.
  const auto key = SigningKey::Read(folder_ + "/one.pem");
  changed = sent;
  changed.set_signature(key->Sign("tonghu head v1", sent.identity())->bytes);
  EXPECT_EQ(Refused(changed.SerializeAsString()), "IDENTITY_FORGED");
  EXPECT_EQ(Refused(sent.SerializeAsString()), "");
}

TEST_F(PrincipalTest, AnotherKeyIsForgedAlsoUnderAKnownKeysId) {
  Make();
  MakeKeys(folder_ + "/stranger.pem", folder_ + "/stranger.pub");
  EXPECT_EQ(Refused(Signed(Teacher(), "stranger.pem")), "IDENTITY_FORGED");
  access::v1::SignedIdentity sent, good;
  ASSERT_TRUE(sent.ParseFromString(Signed(Teacher(), "stranger.pem")));
  ASSERT_TRUE(good.ParseFromString(Signed(Teacher())));
  sent.set_key_id(good.key_id());
  EXPECT_EQ(Refused(sent.SerializeAsString()), "IDENTITY_FORGED");
}

TEST_F(PrincipalTest, AnIdentityEndsAlsoWhenItIsKept) {
  Make();
  const std::string bytes = Signed(Teacher());
  EXPECT_EQ(Refused(bytes, "gateway", kNow + absl::Seconds(59)), "");
  EXPECT_EQ(Refused(bytes, "gateway", kNow + absl::Seconds(60)), "IDENTITY_EXPIRED");
  access::v1::Identity endless = Teacher();
  endless.clear_expire_time();
  EXPECT_EQ(Refused(Signed(endless)), "IDENTITY_EXPIRED");
}

TEST_F(PrincipalTest, AnotherAudienceOrPresenterIsForeign) {
  Make("registry");
  EXPECT_EQ(Refused(Signed(Teacher())), "IDENTITY_FOREIGN");
  Make("pairing");
  EXPECT_EQ(Refused(Signed(Teacher())), "");
  EXPECT_EQ(Refused(Signed(Teacher()), "alerts"), "IDENTITY_FOREIGN") << "a stolen one, already kept";
  EXPECT_EQ(Refused(Signed(Teacher()), ""), "IDENTITY_FOREIGN");
  access::v1::Identity nobodys = Teacher();
  nobodys.clear_audience();
  EXPECT_EQ(Refused(Signed(nobodys)), "IDENTITY_FOREIGN");
}

TEST_F(PrincipalTest, KeysTurnOverWithoutARestart) {
  Make();
  EXPECT_EQ(Refused(Signed(Teacher())), "");
  MakeKeys(folder_ + "/two.pem", folder_ + "/public/two.pem");
  const std::string by_two = Signed(Teacher(), "two.pem");
  EXPECT_EQ(Refused(by_two, "gateway", kNow + absl::Milliseconds(900)), "IDENTITY_FORGED")
      << "the folder is read at most once a second";
  EXPECT_EQ(Refused(by_two, "gateway", kNow + absl::Seconds(1)), "");
  EXPECT_EQ(Refused(Signed(Teacher()), "gateway", kNow + absl::Seconds(2)), "") << "both are good meanwhile";
  std::filesystem::remove(folder_ + "/public/one.pem");
  access::v1::Identity later = Teacher();
  later.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kNow + absl::Minutes(5)));
  EXPECT_EQ(Refused(Signed(later), "gateway", kNow + absl::Seconds(90)), "IDENTITY_FORGED");
  EXPECT_EQ(Refused(Signed(later, "two.pem"), "gateway", kNow + absl::Seconds(90)), "");
}

TEST_F(PrincipalTest, AFolderThatCannotBeReadIsTold) {
  Verifier verifier(folder_ + "/nowhere", "pairing");
  EXPECT_EQ(verifier.Verify(Signed(Teacher()), "gateway", kNow).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(SigningKey::Read(folder_ + "/public/one.pem").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(PrincipalTest, ARoleOfAnotherReleaseIsNobodys) {
  access::v1::Right right;
  right.set_role(static_cast<access::v1::Role>(99));
  EXPECT_EQ(FromMessage(right).role, rights::Role::kUnspecified);
}

TEST_F(PrincipalTest, AHelperOfManyChildrenIsBelievedAndOneOfTooManyIsToldSo) {
  const auto helper_of = [](int children) {
    access::v1::Identity identity = Teacher();
    for (int i = 0; i < children; ++i)
      identity.mutable_rights(1)->mutable_area()->add_child_ids("01980000-0000-7000-8000-000000000000");
    return identity;
  };
  Make();
  EXPECT_EQ(Refused(Signed(helper_of(1600))), "");
  const auto key = SigningKey::Read(folder_ + "/one.pem");
  ASSERT_TRUE(key.ok()) << key.status();
  const auto too_many = Sign(*key, helper_of(2000));
  EXPECT_EQ(too_many.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refusal::Of(too_many.status()).reason, "RIGHTS_TOO_MANY");
}

TEST_F(PrincipalTest, WhatIsKeptIsBounded) {
  Make();
  for (int i = 0; i < 5000; ++i) {
    access::v1::Identity identity = Teacher();
    identity.set_session_id(absl::StrCat("s-", i));
    ASSERT_EQ(Refused(Signed(identity)), "");
  }
  EXPECT_EQ(Refused(Signed(Teacher())), "");
}

}  // namespace
}  // namespace tonghu::principal
