// The table as a whole: what must never be in it.
#include "libs/rights/table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tonghu::rights {
namespace {

constexpr Role kAdministrators[] = {Role::kSystemAdministrator, Role::kSecurityAdministrator, Role::kAuditor};

TEST(TableTest, IsSortedSoThatEachPermissionIsFound) {
  for (const Permission& row : Permissions()) {
    ASSERT_TRUE(RolesWith(row.name).has_value()) << row.name;
    EXPECT_EQ(RolesWith(row.name)->bits(), row.roles.bits()) << row.name;
  }
  EXPECT_FALSE(RolesWith("contacts").has_value());
  EXPECT_FALSE(RolesWith("").has_value());
  EXPECT_FALSE(RolesWith("zzz").has_value());
}

TEST(TableTest, TheOperatorAtTheMachineMayDoEverythingButReadALetter) {
  for (const Permission& row : Permissions())
    EXPECT_EQ(row.roles.Has(Role::kLocalOperator), row.name != "whisperLetters.read") << row.name;
}

TEST(TableTest, AWhisperBoxsKeeperAloneReadsALetterAndSeesNoMoreOfAChildThanItsName) {
  EXPECT_EQ(*RolesWith("whisperLetters.read"), RoleSet{Role::kWhisperKeeper});
  EXPECT_EQ(SeenBy(Role::kWhisperKeeper), (FieldClassSet{FieldClass::kName, FieldClass::kPsyche}));
  for (const char* permission : {"contacts.read", "alerts.read", "duties.read", "pairings.read"})
    EXPECT_FALSE(RolesWith(permission)->Has(Role::kWhisperKeeper)) << permission;
}

TEST(TableTest, NoAdministratorIsToldOfAChild) {
  for (const Role role : kAdministrators) {
    EXPECT_TRUE(SeenBy(role).empty());
    for (const char* permission :
         {"children.read", "contacts.read", "duties.read", "alerts.read", "pairings.read", "attendances.read",
          "emergencies.read", "displayNames.read", "glassBreakings.create", "events.read",
          "identities.issue"})
      EXPECT_FALSE(RolesWith(permission)->Has(role)) << permission;
  }
}

TEST(TableTest, WhoGrantsCanDoNothingElseWithWhatIsGranted) {
  for (const Permission& row : Permissions()) {
    if (row.name.substr(0, 7) != "grants." || row.name == "grants.read") continue;
    EXPECT_EQ(row.roles, RoleSet(Role::kSecurityAdministrator, Role::kLocalOperator)) << row.name;
  }
  EXPECT_FALSE(RolesWith("accounts.create")->Has(Role::kSecurityAdministrator));
  EXPECT_EQ(*RolesWith("accounts.approve"), RoleSet(Role::kSecurityAdministrator, Role::kLocalOperator))
      << "who makes an account is another than who approves it";
  EXPECT_FALSE(RolesWith("auditEntries.read")->Has(Role::kSystemAdministrator));
}

TEST(TableTest, TalksAreNotForTheTownshipAndNumbersNotForTheTeacher) {
  EXPECT_FALSE(SeenBy(Role::kTownshipSupervisor).Has(FieldClass::kPsyche));
  EXPECT_TRUE(SeenBy(Role::kHelper).Has(FieldClass::kPsyche));
  EXPECT_FALSE(SeenBy(Role::kClassTeacher).Has(FieldClass::kIdNumber));
  EXPECT_TRUE(SeenBy(Role::kSchoolHead).Has(FieldClass::kIdNumber));
  EXPECT_TRUE(SeenBy(Role::kService).empty());
}

}  // namespace
}  // namespace tonghu::rights
