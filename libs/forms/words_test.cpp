#include "libs/forms/words.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::forms {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(WordsTest, AreTypedShortly) {
  EXPECT_THAT(
      TypedValues(*google::protobuf::GetEnumDescriptor<pairing::v1::ContactKind>()),
      AllOf(Contains("home_visit"), Each(Not(HasSubstr("contact_kind"))), Not(Contains("unspecified"))));
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>("home_visit"), pairing::v1::CONTACT_KIND_HOME_VISIT);
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>("家访"), pairing::v1::CONTACT_KIND_HOME_VISIT);
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>("unspecified"), pairing::v1::CONTACT_KIND_UNSPECIFIED);
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>(""), pairing::v1::CONTACT_KIND_UNSPECIFIED);
}

TEST(WordsTest, UnknownNumbersAreShownAsTheyAre) {
  EXPECT_EQ(Label(*google::protobuf::GetEnumDescriptor<alerts::v1::Level>(), 0), "");
  EXPECT_EQ(Label(*google::protobuf::GetEnumDescriptor<alerts::v1::Level>(), 99), "99");
}

}  // namespace
}  // namespace tonghu::forms
