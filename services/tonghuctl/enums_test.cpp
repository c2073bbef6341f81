#include "services/tonghuctl/enums.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"
#include "tonghu/registry/v1/child.pb.h"
#include "tonghu/registry/v1/directory.pb.h"

namespace tonghu::tonghuctl {
namespace {

using ::testing::ElementsAre;

TEST(EnumsTest, AreTypedShortly) {
  EXPECT_THAT(Choices<pairing::v1::ContactKind>(), ElementsAre("talk", "home_visit", "parent_call"));
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>("home_visit"), pairing::v1::CONTACT_KIND_HOME_VISIT);
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>("家访"), pairing::v1::CONTACT_KIND_HOME_VISIT);
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>("unspecified"), pairing::v1::CONTACT_KIND_UNSPECIFIED);
  EXPECT_EQ(ParseEnum<pairing::v1::ContactKind>(""), pairing::v1::CONTACT_KIND_UNSPECIFIED);
}

TEST(EnumsTest, UnknownNumbersAreShownAsTheyAre) {
  EXPECT_EQ(Label(*google::protobuf::GetEnumDescriptor<alerts::v1::Level>(), 0), "");
  EXPECT_EQ(Label(*google::protobuf::GetEnumDescriptor<alerts::v1::Level>(), 99), "99");
}

// A value added to a proto must get a label here.
TEST(EnumsTest, EveryValueHasAChineseLabel) {
  for (const auto* file :
       {registry::v1::Child::descriptor()->file(), registry::v1::Post::descriptor()->file(),
        pairing::v1::Pairing::descriptor()->file(), pairing::v1::Contact::descriptor()->file(),
        pairing::v1::Duty::descriptor()->file(), alerts::v1::Alert::descriptor()->file(),
        alerts::v1::Notification::descriptor()->file(), alerts::v1::Absence::descriptor()->file()}) {
    for (int i = 0; i < file->enum_type_count(); ++i) {
      const auto& type = *file->enum_type(i);
      for (int k = 0; k < type.value_count(); ++k) {
        const int number = type.value(k)->number();
        EXPECT_TRUE(number == 0 || Label(type, number) != type.value(k)->name()) << type.value(k)->name();
      }
    }
  }
}

}  // namespace
}  // namespace tonghu::tonghuctl
