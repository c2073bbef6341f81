// Signed heads, and the keys that are kept for them.
#include "libs/principal/head.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "libs/principal/testing/make_keys.h"

namespace tonghu::principal {
namespace {

const absl::Time kFirst = absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone());
const absl::Time kSecond = absl::FromCivil(absl::CivilDay(2026, 4, 1), absl::UTCTimeZone());
const absl::Time kThird = absl::FromCivil(absl::CivilDay(2026, 7, 1), absl::UTCTimeZone());

class HeadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/public/past");
    testing::MakeKeys(folder_ + "/first.pem", folder_ + "/public/past/20260101T000000.000000000.pem");
    testing::MakeKeys(folder_ + "/second.pem", folder_ + "/public/20260401T000000.000000000.pem");
    testing::MakeKeys(folder_ + "/third.pem", folder_ + "/public/20260701T000000.000000000.pem");
    testing::MakeKeys(folder_ + "/stranger.pem", folder_ + "/stranger.pub");
  }
  access::v1::SignedHead SignedAt(absl::Time time, const std::string& key) const {
    access::v1::SignedHead head;
    head.set_producer("registry");
    head.set_shard(3);
    head.set_seq(42);
    head.set_hash("hash");
    head.mutable_sign_time()->set_seconds(absl::ToUnixSeconds(time));
    const auto read = SigningKey::Read(folder_ + "/" + key + ".pem");
    EXPECT_TRUE(read.ok() && SignHead(*read, head).ok());
    return head;
  }
  HeadVerdict Judge(const access::v1::SignedHead& head) const {
    const auto keys = HeadKeys::Read(folder_ + "/public");
    EXPECT_TRUE(keys.ok()) << keys.status();
    return keys.ok() ? keys->Judge(head) : HeadVerdict::kForged;
  }

  std::string folder_;
};

TEST_F(HeadTest, HeadsOfKeysThatTurnedOverStayGood) {
  EXPECT_EQ(Judge(SignedAt(kFirst, "first")), HeadVerdict::kGood);
  EXPECT_EQ(Judge(SignedAt(kFirst + absl::Hours(24), "first")), HeadVerdict::kGood);
  EXPECT_EQ(Judge(SignedAt(kSecond + absl::Hours(24), "second")), HeadVerdict::kGood);
  EXPECT_EQ(Judge(SignedAt(kThird + absl::Hours(24 * 400), "third")), HeadVerdict::kGood) << "still in force";
  // What signs goes on signing for a moment when the next key is there.
  EXPECT_EQ(Judge(SignedAt(kSecond + absl::Seconds(10), "first")), HeadVerdict::kGood);
}

TEST_F(HeadTest, AKeyOfBeforeSignsNothingNew) {
  EXPECT_EQ(Judge(SignedAt(kSecond + absl::Hours(2), "first")), HeadVerdict::kKeyNotInForce);
  EXPECT_EQ(Judge(SignedAt(kThird + absl::Hours(2), "second")), HeadVerdict::kKeyNotInForce);
  EXPECT_EQ(Judge(SignedAt(kFirst, "second")), HeadVerdict::kKeyNotInForce);
}

TEST_F(HeadTest, AnotherKeyIsUnknownAndAnotherHeadForged) {
  EXPECT_EQ(Judge(SignedAt(kThird, "stranger")), HeadVerdict::kUnknownKey);
  access::v1::SignedHead head = SignedAt(kThird, "stranger");
  head.set_key_id(SignedAt(kThird, "third").key_id());
  EXPECT_EQ(Judge(head), HeadVerdict::kForged);
  head = SignedAt(kThird, "third");
  head.set_hash("Hash");
  EXPECT_EQ(Judge(head), HeadVerdict::kForged);
  head = SignedAt(kThird, "third");
  head.clear_signature();
  EXPECT_EQ(Judge(head), HeadVerdict::kForged);
}

TEST_F(HeadTest, AKeyWhoseFileNamesNoTimeCountsAlways) {
  std::filesystem::copy_file(folder_ + "/stranger.pub", folder_ + "/public/ours.pem");
  EXPECT_EQ(Judge(SignedAt(kFirst - absl::Hours(24), "stranger")), HeadVerdict::kGood);
  EXPECT_EQ(Judge(SignedAt(kThird + absl::Hours(24), "stranger")), HeadVerdict::kGood);
}

TEST_F(HeadTest, AFolderWithoutAKeyIsTold) {
  EXPECT_EQ(HeadKeys::Read(folder_ + "/nowhere").status().code(), absl::StatusCode::kFailedPrecondition);
  std::filesystem::copy_file(folder_ + "/third.pem", folder_ + "/public/private.pem");
  EXPECT_EQ(HeadKeys::Read(folder_ + "/public").status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tonghu::principal
