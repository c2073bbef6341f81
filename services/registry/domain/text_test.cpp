#include "services/registry/domain/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/testing/girl.h"

namespace tonghu::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> NameFaults(std::string_view name) {
  Faults faults;
  CheckText(name, {"display_name", "姓名", 50, true}, faults);
  return Reasons(faults);
}

std::string Repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(TextTest, TakesWhatNamesAreMadeOf) {
  for (const char* name : {"安雅悦", "阿依古丽·买买提", "O'Neil", "Robert'); DROP TABLE child;--", "%s%n{}",
                           "counties.*.>", "=1+1", "𠮷野", "<b>"}) {
    EXPECT_THAT(NameFaults(name), IsEmpty()) << name;
  }
}

TEST(TextTest, CountsCharactersNotBytes) {
  EXPECT_THAT(NameFaults(Repeated("安", 50)), IsEmpty());
  EXPECT_THAT(NameFaults(Repeated("𠮷", 50)), IsEmpty());
  EXPECT_THAT(NameFaults(Repeated("安", 51)), ElementsAre("TEXT_TOO_LONG"));
}

TEST(TextTest, BlankIsMissing) {
  for (const char* name : {"", " ", "\u3000\u3000", " \u00A0"})
    EXPECT_THAT(NameFaults(name), ElementsAre("TEXT_MISSING"));
  Faults faults;
  CheckText("", {"ethnic_group", "民族", 20, false}, faults);
  EXPECT_THAT(faults, IsEmpty());
}

TEST(TextTest, RefusesWhatNobodySees) {
  for (const char* name : {"安\n雅", "安\t雅", "\x1b[31m安", "安\x7f", "安\u0085", "安\u2028", "\u202E安",
                           "安\u200B", "\uFEFF安", "\u2066安"}) {
    EXPECT_THAT(NameFaults(name), ElementsAre("TEXT_HAS_CONTROL_CHARACTERS")) << name;
  }
  EXPECT_THAT(NameFaults(std::string("安\0雅", 7)), ElementsAre("TEXT_HAS_CONTROL_CHARACTERS"));
}

TEST(TextTest, RefusesBytesThatAreNotUtf8) {
  for (const char* name : {"\xff", "\xb0\xb2", "安\xe5", "\xc0\x80", "\xf8\x88\x80\x80"}) {
    EXPECT_THAT(NameFaults(name), ElementsAre("TEXT_HAS_CONTROL_CHARACTERS"));
  }
}

TEST(TextTest, PhonesMayBeEmptyButNotWrong) {
  const auto faults_of = [](std::string_view phone) {
    Faults faults;
    CheckPhone(phone, "guardian.phone", faults);
    return Reasons(faults);
  };
  EXPECT_THAT(faults_of(""), IsEmpty());
  EXPECT_THAT(faults_of("15400000000"), IsEmpty());
  EXPECT_THAT(faults_of("0851-2345678"), IsEmpty());
  for (const char* phone : {"123", "1.54E+10", "abc", "+8615400000000"})
    EXPECT_THAT(faults_of(phone), ElementsAre("PHONE_MALFORMED")) << phone;
}

}  // namespace
}  // namespace tonghu::registry
