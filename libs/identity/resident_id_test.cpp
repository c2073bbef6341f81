#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "absl/strings/ascii.h"
#include "libs/identity/identity.h"

namespace tonghu::identity {
namespace {

constexpr absl::CivilDay kToday(2026, 9, 1);

std::string ReasonFor(std::string_view number) {
  const auto id = ParseResidentId(number, kToday);
  if (id.ok()) return "ok";
  EXPECT_EQ(id.status().code(), absl::StatusCode::kInvalidArgument);
  // The number itself is personal data and must not travel in an error.
  if (number.size() > 6 && absl::ascii_isdigit(static_cast<unsigned char>(number[0]))) {
    EXPECT_EQ(std::string(id.status().message()).find(number.substr(0, 6)), std::string::npos);
  }
  return std::string(id.status().message());
}

TEST(ResidentIdTest, ReadsTheExamplesOfTheStandard) {
  const auto girl = ParseResidentId("11010519491231002X", kToday);
  ASSERT_TRUE(girl.ok());
  EXPECT_EQ(girl->county(), "110105");
  EXPECT_EQ(girl->birth(), absl::CivilDay(1949, 12, 31));
  EXPECT_EQ(girl->sex(), Sex::kFemale);
  const auto boy = ParseResidentId("440524188001010014", absl::CivilDay(2026, 9, 1));
  EXPECT_FALSE(boy.ok()) << "the standard's second example was born in 1880";
}

TEST(ResidentIdTest, NormalisesSmallX) {
  const auto id = ParseResidentId("11010519491231002x", kToday);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->number(), "11010519491231002X");
}

TEST(ResidentIdTest, RefusesLengthAndCharacters) {
  EXPECT_EQ(ReasonFor(""), "身份证号为空");
  EXPECT_EQ(ReasonFor("110105491231002"), "15位旧身份证号已停用，请填写18位号码");
  EXPECT_EQ(ReasonFor("11010519491231002"), "身份证号应为18位");
  EXPECT_EQ(ReasonFor(" 11010519491231002X"), "身份证号应为18位");
  const std::string characters = "身份证号前17位应为数字，末位应为数字或X";
  EXPECT_EQ(ReasonFor("1101051949123100XX"), characters);
  EXPECT_EQ(ReasonFor("11010519491231002Y"), characters);
  EXPECT_EQ(ReasonFor("+1010519491231002X"), characters);
  EXPECT_EQ(ReasonFor("身份证号六字六"), "身份证号应为18位");
  EXPECT_EQ(ReasonFor("身份证号六字"), characters) << "18 bytes, no digits";
  EXPECT_EQ(ReasonFor(std::string("11010519491231002\0", 18)), characters);
}

TEST(ResidentIdTest, RefusesImpossibleBirthDates) {
  for (const char* body :
       {"52032420190229123", "52032420191301123", "52032420190431123", "52032420190015123"}) {
    const std::string number = std::string(body) + CheckCharacter(body);
    EXPECT_EQ(ReasonFor(number), "身份证号中的出生日期不存在") << body;
  }
  EXPECT_EQ(ReasonFor(MakeResidentId("520324", absl::CivilDay(2020, 2, 29), 12)), "ok") << "a leap day";
  EXPECT_EQ(ReasonFor(MakeResidentId("520324", absl::CivilDay(1899, 12, 31), 12)),
            "身份证号中的出生日期早于1900年");
}

TEST(ResidentIdTest, BirthMayBeTodayButNotTomorrow) {
  EXPECT_EQ(ReasonFor(MakeResidentId("520324", kToday, 12)), "ok");
  EXPECT_EQ(ReasonFor(MakeResidentId("520324", kToday + 1, 12)), "身份证号中的出生日期晚于今天");
}

TEST(ResidentIdTest, MadeNumbersReadBack) {
  EXPECT_TRUE(rc::check("every made number is accepted with its parts", [] {
    const absl::CivilDay birth = kToday - *rc::gen::inRange(0, 36'500);
    const int sequence = *rc::gen::inRange(0, 1000);
    const std::string number = MakeResidentId("520399", birth, sequence);
    const auto id = ParseResidentId(number, kToday);
    RC_ASSERT(id.ok());
    RC_ASSERT(id->birth() == birth);
    RC_ASSERT(id->county() == "520399");
    RC_ASSERT((id->sex() == Sex::kMale) == (sequence % 2 == 1));
  }));
}

// ISO 7064's own definition, which knows neither the weights nor the table: double and add; what is left over
// must be 1.
bool FitsMod11Radix2(std::string_view number) {
  int sum = 0;
  for (const char c : number.substr(0, 17)) sum = (sum + (c - '0')) * 2 % 11;
  return (sum + (number[17] == 'X' ? 10 : number[17] - '0')) % 11 == 1;
}

TEST(ResidentIdTest, CheckCharacterFollowsIso7064) {
  EXPECT_TRUE(FitsMod11Radix2("11010519491231002X"));
  EXPECT_TRUE(rc::check("every made number fits the standard's definition", [] {
    const absl::CivilDay birth = kToday - *rc::gen::inRange(0, 36'500);
    RC_ASSERT(FitsMod11Radix2(MakeResidentId("520324", birth, *rc::gen::inRange(0, 1000))));
  }));
}

TEST(ResidentIdTest, OneWrongOrTwoSwappedCharactersAreAlwaysFound) {
  // What MOD 11-2 promises, and the slips people make when copying.
  EXPECT_TRUE(rc::check("any single wrong digit is refused", [] {
    std::string number =
        MakeResidentId("520324", kToday - *rc::gen::inRange(0, 10'000), *rc::gen::inRange(0, 1000));
    const int at = *rc::gen::inRange(0, 17);
    number[at] = static_cast<char>('0' + (number[at] - '0' + *rc::gen::inRange(1, 10)) % 10);
    RC_ASSERT(!ParseResidentId(number, kToday).ok());
  }));
  EXPECT_TRUE(rc::check("any two swapped neighbours that differ are refused", [] {
    std::string number =
        MakeResidentId("520324", kToday - *rc::gen::inRange(0, 10'000), *rc::gen::inRange(0, 1000));
    const int at = *rc::gen::inRange(0, 17);
    RC_PRE(number[at] != number[at + 1]);
    std::swap(number[at], number[at + 1]);
    RC_ASSERT(!ParseResidentId(number, kToday).ok());
  }));
}

TEST(ResidentIdTest, AnyBytesAreJudgedWithoutHarm) {
  EXPECT_TRUE(rc::check("arbitrary text never crashes", [](const std::string& text) {
    const auto id = ParseResidentId(text, kToday);
    if (id.ok()) RC_ASSERT(id->number() == absl::AsciiStrToUpper(text));
  }));
}

}  // namespace
}  // namespace tonghu::identity
