#include "services/registry/domain/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/child_update.h"
#include "services/registry/domain/testing/girl.h"

namespace tonghu::registry {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Faults Check(const Dossier& dossier, const Dossier* before = nullptr) {
  Faults faults;
  CheckDossier(dossier, kToday, before, faults);
  return faults;
}

// The faults of the girl after `change`.
template <class Change>
std::vector<std::string> After(Change change) {
  Dossier girl = Girl();
  change(girl);
  return Reasons(Check(girl));
}

TEST(DossierTest, AValidOneHasNoFault) {
  EXPECT_THAT(Check(Girl()), IsEmpty());
  EXPECT_THAT(After([](Dossier& d) { d.identity_number = ""; }), IsEmpty()) << "not yet issued";
  EXPECT_THAT(After([](Dossier& d) {
                d.guardian = {};
                d.parents.clear();
              }),
              IsEmpty());
}

TEST(DossierTest, IdentityNumberMustBeRight) {
  EXPECT_THAT(
      After([](Dossier& d) { d.identity_number.back() = d.identity_number.back() == '1' ? '2' : '1'; }),
      ElementsAre("IDENTITY_CHECK_DIGIT"));
  EXPECT_THAT(After([](Dossier& d) { d.identity_number = "520399170506002"; }),
              ElementsAre("IDENTITY_NUMBER_MALFORMED"));
  EXPECT_THAT(After([](Dossier& d) { d.identity_number = "' OR '1'='1' --   "; }),
              ElementsAre("IDENTITY_NUMBER_MALFORMED"));
  EXPECT_THAT(After([](Dossier& d) {
                d.identity_number = identity::MakeResidentId("520399", absl::CivilDay(2017, 5, 7), 2);
              }),
              ElementsAre("IDENTITY_BIRTH_MISMATCH"));
  EXPECT_THAT(After([](Dossier& d) { d.identity_number = identity::MakeResidentId("520399", *d.birth, 3); }),
              ElementsAre("IDENTITY_SEX_MISMATCH"));
}

TEST(DossierTest, FaultsNeverRepeatWhatWasTyped) {
  Dossier girl = Girl();
  girl.identity_number.back() = girl.identity_number.back() == '1' ? '2' : '1';
  girl.guardian.phone = "15422925272000";
  girl.display_name = "安\n雅悦";
  for (const Fault& fault : Check(girl)) {
    for (const std::string& secret : {girl.identity_number, girl.guardian.phone, std::string("雅悦")}) {
      EXPECT_THAT(fault.message, Not(HasSubstr(secret)));
      EXPECT_THAT(fault.message_zh, Not(HasSubstr(secret)));
    }
    EXPECT_FALSE(fault.message_zh.empty());
  }
}

TEST(DossierTest, BirthDates) {
  EXPECT_THAT(After([](Dossier& d) { d.birth.reset(); }), ElementsAre("BIRTH_DATE_MALFORMED"));
  EXPECT_THAT(After([](Dossier& d) {
                d.birth = kToday + 1;
                d.identity_number = "";
              }),
              ElementsAre("BIRTH_DATE_IN_FUTURE"));
  EXPECT_THAT(After([](Dossier& d) {
                d.birth = kToday;
                d.identity_number = "";
              }),
              IsEmpty());
  EXPECT_THAT(After([](Dossier& d) {
                d.birth = absl::CivilDay(2008, 9, 2);
                d.identity_number = "";
              }),
              IsEmpty())
      << "18 tomorrow";
  EXPECT_THAT(After([](Dossier& d) {
                d.birth = absl::CivilDay(2008, 9, 1);
                d.identity_number = "";
              }),
              ElementsAre("CHILD_IS_ADULT"));
}

TEST(DossierTest, WhoCameOfAgeMayStillBeCorrected) {
  Dossier before = Girl();
  before.identity_number = "";
  before.birth = absl::CivilDay(2008, 1, 1);
  Dossier after = before;
  after.guardian.phone = "15400000009";
  EXPECT_THAT(Check(after, &before), IsEmpty());
  after.birth = absl::CivilDay(2008, 1, 2);
  EXPECT_THAT(Reasons(Check(after, &before)), ElementsAre("CHILD_IS_ADULT"));
}

TEST(DossierTest, KindsMustBeKnown) {
  EXPECT_THAT(After([](Dossier& d) { d.sex = Sex::kUnspecified; }), ElementsAre("SEX_MISSING"));
  EXPECT_THAT(After([](Dossier& d) {
                d.sex = static_cast<Sex>(7);
                d.identity_number = "";
              }),
              ElementsAre("SEX_MISSING"));
  EXPECT_THAT(After([](Dossier& d) { d.guardianship = static_cast<Guardianship>(-1); }),
              ElementsAre("GUARDIANSHIP_MALFORMED"));
  EXPECT_THAT(After([](Dossier& d) { d.care_level = static_cast<CareLevel>(5); }),
              ElementsAre("CARE_LEVEL_MALFORMED"));
}

TEST(DossierTest, RelativesNeedNamesAndPossiblePhones) {
  const auto fields = [](const Dossier& dossier) {
    std::vector<std::string> all;
    for (const Fault& fault : Check(dossier)) all.push_back(fault.field);
    return all;
  };
  Dossier girl = Girl();
  girl.guardian.display_name = "";
  girl.parents = {{"安开强", "父亲", "12", ""}, {"", "母亲", "", "浙江省"}};
  EXPECT_THAT(fields(girl),
              ElementsAre("guardian.display_name", "parents[0].phone", "parents[1].display_name"));
  girl.parents.resize(5, girl.parents[0]);
  EXPECT_THAT(Reasons(Check(girl)), Contains("TOO_MANY_PARENTS"));
}

TEST(DossierTest, SchoolAndClass) {
  EXPECT_THAT(After([](Dossier& d) { d.school_id = ""; }), ElementsAre("SCHOOL_MISSING"));
  EXPECT_THAT(After([](Dossier& d) {
                d.grade = 13;
                d.class_number = 0;
              }),
              ElementsAre("GRADE_OUT_OF_RANGE", "CLASS_OUT_OF_RANGE"));
}

TEST(DossierTest, NormalisedForms) {
  Dossier girl = Girl();
  girl.identity_number = "11010519491231002x";
  girl.care_level = CareLevel::kUnspecified;
  Normalise(girl);
  EXPECT_EQ(girl.identity_number, "11010519491231002X");
  EXPECT_EQ(girl.care_level, CareLevel::kGeneral);
}

TEST(ParseDateTest, RealDaysOnly) {
  EXPECT_EQ(ParseDate("2016-02-29"), absl::CivilDay(2016, 2, 29));
  for (const char* text :
       {"", "2015-02-29", "2015-13-01", "2015-00-10", "2015-1-1", "15-01-01", "2015/01/01", "2015-01-0a",
        "0000-01-01", "1899-12-31", "2015-01-011", "-015-01-01", "%d-%m-%dd"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(ApplyMaskTest, CopiesWhatIsNamedOnly) {
  Dossier wanted = Girl();
  wanted.grade = 4;
  wanted.guardian.phone = "15400000009";
  wanted.display_name = "另名";
  Dossier dossier = Girl();
  Faults faults;
  ApplyMask({"grade", "guardian.phone"}, wanted, dossier, faults);
  EXPECT_THAT(faults, IsEmpty());
  Dossier expected = Girl();
  expected.grade = 4;
  expected.guardian.phone = "15400000009";
  EXPECT_TRUE(dossier == expected);
  ApplyMask({"*"}, wanted, dossier, faults);
  EXPECT_TRUE(dossier == wanted);
}

TEST(ApplyMaskTest, NamesWhatItDoesNotKnow) {
  Dossier dossier = Girl();
  Faults faults;
  ApplyMask({}, Girl(), dossier, faults);
  ApplyMask({"grade", "shoe_size"}, Girl(), dossier, faults);
  ApplyMask({"etag"}, Girl(), dossier, faults);
  ApplyMask({"安雅悦 15422925272"}, Girl(), dossier, faults);
  EXPECT_THAT(Reasons(faults), ElementsAre("UPDATE_MASK_EMPTY", "UPDATE_MASK_UNKNOWN_PATH",
                                           "UPDATE_MASK_OUTPUT_ONLY", "UPDATE_MASK_UNKNOWN_PATH"));
  EXPECT_EQ(faults[1].field, "update_mask.paths[1]");
  EXPECT_THAT(faults[1].message, HasSubstr("shoe_size"));
  EXPECT_THAT(faults[3].message, Not(HasSubstr("154"))) << "text that can't be a field is not repeated";
}

TEST(RefuseTest, GivesTheFirstFaultBehindThePrefix) {
  EXPECT_TRUE(Refuse({}, "child.").ok());
  Dossier girl = Girl();
  girl.grade = 0;
  const refusal::Refusal refusal = refusal::Of(Refuse(Check(girl), "child."));
  EXPECT_EQ(refusal.field, "child.grade");
  EXPECT_EQ(refusal.code, absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tonghu::registry
