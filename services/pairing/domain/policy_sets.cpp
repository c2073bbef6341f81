#include "services/pairing/domain/policy_sets.h"

#include <algorithm>

namespace tonghu::pairing {
namespace {

constexpr Cadence Weeks(int every, int times) { return {Period::kWeek, every, times}; }
constexpr Cadence Months(int every, int times) { return {Period::kMonth, every, times}; }
constexpr Cadence Terms(int times) { return {Period::kTerm, 1, times}; }
constexpr Cadence kThirds{Period::kTermThird, 1, 1};
constexpr Cadence kYearly{Period::kYear, 1, 1};
constexpr Cadence Before(int days, Festivals festivals) { return {Period::kFestival, 1, 1, festivals, days}; }
constexpr Festivals kLetterFestivals = FestivalBit(Festival::kNewYearsDay) | FestivalBit(Festival::kSpring) |
                                       FestivalBit(Festival::kDragonBoat) | FestivalBit(Festival::kMidAutumn);
constexpr Festivals kCallFestivals = kLetterFestivals | FestivalBit(Festival::kLantern) |
                                     FestivalBit(Festival::kChildrensDay) |
                                     FestivalBit(Festival::kNationalDay);

std::vector<PolicySet> MakeSets() {
  using enum DutyKind;
  const std::vector<PairingRole> teacher = {PairingRole::kClassTeacher}, guard = RolesThatLookAfter(),
                                 helper = {PairingRole::kHelperTeacher},
                                 teachers = {PairingRole::kClassTeacher, PairingRole::kHelperTeacher},
                                 counsellor = {PairingRole::kCounsellor};
  return {
      {"five-ones",
       "五个一",
       "家长每周与孩子通话一次、每月通信一次、每月与班主任和帮扶教师各联系一次、每年返乡一次。",
       {{kFamilyCall, Weeks(1, 1), teacher},
        {kLetter, Months(1, 1), teacher},
        {kParentCall, Months(1, 1), teachers},
        {kParentsHome, kYearly, teacher}}},
      {"three-twos",
       "三个二",
       "每周与儿童谈心两次、每月与家长联系两次、每两个月家访两次。",
       {{kTalk, Weeks(1, 2), teacher},
        {kParentCall, Months(1, 2), teacher},
        {kHomeVisit, Months(2, 2), teacher}}},
      {"talk-weekly", "每周谈心", "每周与儿童谈心一次。", {{kTalk, Weeks(1, 1), guard}}},
      {"talk-twice-weekly", "每周谈心两次", "每周与儿童谈心两次。", {{kTalk, Weeks(1, 2), guard}}},
      {"talk-monthly", "每月谈心", "每月与儿童谈心一次。", {{kTalk, Months(1, 1), guard}}},
      {"visit-thirds", "学期初中末家访", "学期初、中、末各家访一次。", {{kHomeVisit, kThirds, teacher}}},
      {"visit-monthly", "每月家访", "每月家访一次。", {{kHomeVisit, Months(1, 1), teacher}}},
      {"visit-twice-termly", "每学期家访两次", "每学期家访两次。", {{kHomeVisit, Terms(2), teacher}}},
      {"visit-twice-bimonthly",
       "每两月家访两次",
       "每两个月家访两次。",
       {{kHomeVisit, Months(2, 2), teacher}}},
      {"guardian-fortnightly",
       "每两周走访监护人",
       "每两周走访监护人一次。",
       {{kGuardianVisit, Weeks(2, 1), teacher}}},
      {"guardian-monthly",
       "每月走访监护人",
       "每月走访监护人一次。",
       {{kGuardianVisit, Months(1, 1), teacher}}},
      {"parents-monthly", "每月联系家长", "每月与家长通电话一次。", {{kParentCall, Months(1, 1), teacher}}},
      {"parents-twice-monthly",
       "每月联系家长两次",
       "每月与家长通电话两次。",
       {{kParentCall, Months(1, 2), teacher}}},
      {"family-call-weekly",
       "每周亲情通话",
       "每周帮助儿童与父母通话或视频一次。",
       {{kFamilyCall, Weeks(1, 1), teacher}}},
      {"family-call-fortnightly",
       "每两周亲情通话",
       "每两周帮助儿童与父母通话或视频一次。",
       {{kFamilyCall, Weeks(2, 1), teacher}}},
      {"family-call-monthly",
       "每月亲情通话",
       "每月帮助儿童与父母通话或视频一次。",
       {{kFamilyCall, Months(1, 1), teacher}}},
      {"family-call-festivals",
       "节前亲情通话",
       "元旦、春节、元宵、儿童节、端午、中秋、国庆前7天内，各帮助儿童与父母通话或视频一次。",
       {{kFamilyCall, Before(7, kCallFestivals), teacher}}},
      {"letter-termly", "每学期给家长一封信", "每学期给家长写一封信。", {{kLetter, Terms(1), teacher}}},
      {"letter-monthly", "每月亲情书信", "每月帮助儿童与父母通信一次。", {{kLetter, Months(1, 1), teacher}}},
      {"letter-festivals",
       "节前亲情书信",
       "元旦、春节、端午、中秋前14天内，各帮助儿童与父母通信一次。",
       {{kLetter, Before(14, kLetterFestivals), teacher}}},
      {"counselling-termly",
       "每学期心理辅导",
       "每学期为每名儿童心理辅导一次。",
       {{kCounselling, Terms(1), counsellor}}},
      {"counselling-monthly",
       "每月心理辅导",
       "每月心理辅导一次。",
       {{kCounselling, Months(1, 1), counsellor}}},
      {"counselling-weekly", "每周心理辅导", "每周心理辅导一次。", {{kCounselling, Weeks(1, 1), counsellor}}},
      {"homework-twice-weekly",
       "每周辅导学业两次",
       "每周辅导学业两次。",
       {{kHomeworkHelp, Weeks(1, 2), helper}}},
      {"meeting-monthly", "每月座谈会", "每月召开一次留守儿童座谈会。", {{kMeeting, Months(1, 1), teacher}}},
      {"meeting-termly", "每学期监护人会议", "每学期召开一次监护人会议。", {{kMeeting, Terms(1), teacher}}},
      {"home-yearly", "每年返乡", "家长每年至少返乡一次。", {{kParentsHome, kYearly, teacher}}},
  };
}

}  // namespace

absl::Span<const PolicySet> PolicySets() {
  static const std::vector<PolicySet> sets = MakeSets();
  return sets;
}

const PolicySet* FindPolicySet(std::string_view id_or_name) {
  const auto sets = PolicySets();
  const auto found = std::find_if(sets.begin(), sets.end(), [&](const PolicySet& set) {
    return set.id == id_or_name || set.name == id_or_name;
  });
  return found == sets.end() ? nullptr : &*found;
}

}  // namespace tonghu::pairing
