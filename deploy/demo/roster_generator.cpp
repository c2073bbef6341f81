#include "deploy/demo/roster_generator.h"

#include <fmt/format.h>

#include <utility>

namespace tonghu::demo {
namespace {

using identity::Sex;

constexpr int kGrades = 6;
constexpr int kSchoolYear = 2026;

constexpr Weighted kWorkplaces[] = {{"浙江省宁波市", 14}, {"浙江省义乌市", 10}, {"浙江省温州市", 8},
                                    {"广东省东莞市", 16}, {"广东省深圳市", 10}, {"福建省晋江市", 10},
                                    {"江苏省苏州市", 8},  {"云南省昆明市", 5},  {"重庆市", 7},
                                    {"贵州省贵阳市", 12}};
constexpr Weighted kCareLevels[] = {{"普遍关注", 72}, {"重点关注", 20}, {"监护干预", 4}, {"个案服务", 4}};
constexpr Weighted kHardCareLevels[] = {{"重点关注", 50}, {"监护干预", 20}, {"个案服务", 30}};

constexpr std::string_view kGrandparents = "隔代监护";
constexpr std::string_view kOneParent = "父母单方监护";
constexpr std::string_view kKin = "亲朋监护";
constexpr std::string_view kSingle = "单亲或孤儿";

// A guardian's relation to the child. The side of the family decides the surname.
enum class Side { kFather, kMother, kOther };
struct Kin {
  std::string_view relation;
  Sex sex;
  Side side;
};
constexpr Kin kElders[] = {{"爷爷", Sex::kMale, Side::kFather},
                           {"奶奶", Sex::kFemale, Side::kOther},
                           {"外公", Sex::kMale, Side::kMother},
                           {"外婆", Sex::kFemale, Side::kOther}};
constexpr Kin kRelatives[] = {{"伯父", Sex::kMale, Side::kFather},
                              {"姑妈", Sex::kFemale, Side::kFather},
                              {"舅舅", Sex::kMale, Side::kMother},
                              {"姨妈", Sex::kFemale, Side::kMother},
                              {"邻居", Sex::kFemale, Side::kOther}};

// A day of birth of a child of `grade`: the child had reached six before the school year of its grade 1 began
// (Compulsory Education Law, article 11).
absl::CivilDay BirthIn(int grade, People& people) {
  const absl::CivilDay first(kSchoolYear - 6 - grade, 9, 1);
  const absl::CivilDay after(kSchoolYear - 5 - grade, 9, 1);
  return first + static_cast<int>(people.Below(after - first));
}

std::vector<std::string_view> GuardianshipsOf(const GuardianCounts& counts) {
  std::vector<std::string_view> all;
  all.insert(all.end(), counts.grandparents, kGrandparents);
  all.insert(all.end(), counts.one_parent, kOneParent);
  all.insert(all.end(), counts.kin_or_friends, kKin);
  all.insert(all.end(), counts.single_or_orphan, kSingle);
  return all;
}

}  // namespace

Roster RosterGenerator::Make(const CountyPlan& plan) {
  Roster roster;
  roster.county = plan.county;
  AddOffices(plan, roster);
  for (const SchoolPlan& school : plan.schools) {
    roster.schools.push_back(school.school);
    AddSchoolPosts(school, roster);
    AddChildren(plan, school, roster);
  }
  return roster;
}

std::string RosterGenerator::NextNumber(const Roster& roster) {
  return fmt::format("{}{:05}", roster.county, roster.posts.size());
}

Post RosterGenerator::Holder(std::string number, std::string title) {
  Post post;
  post.number = std::move(number);
  post.name = people_.ElderName(people_.Surname(), people_.OneIn(2) ? Sex::kMale : Sex::kFemale);
  post.phone = people_.Phone();
  post.title = std::move(title);
  return post;
}

void RosterGenerator::AddOffices(const CountyPlan& plan, Roster& roster) {
  // All counties name the same person for the province's office.
  Post province;
  province.number = "52000000001";
  province.name = "钟守望";
  province.phone = "15400000000";
  province.title = "省平台值班";
  roster.posts.push_back(province);
  roster.posts.push_back(Holder(NextNumber(roster), "县民政局值班"));
  for (const std::string& township : plan.townships) {
    Post supervisor = Holder(NextNumber(roster), "儿童督导员");
    supervisor.township = township;
    roster.posts.push_back(std::move(supervisor));
  }
}

void RosterGenerator::AddSchoolPosts(const SchoolPlan& plan, Roster& roster) {
  Post head;
  head.title = "校长";
  if (!plan.head_vacant) head = Holder(NextNumber(roster), "校长");
  head.school = plan.school.code;
  const size_t head_at = roster.posts.size();
  roster.posts.push_back(std::move(head));
  for (int grade = 1; grade <= kGrades; ++grade) {
    for (int class_number = 1; class_number <= plan.classes_per_grade; ++class_number) {
      Post teacher = Holder(NextNumber(roster), "班主任");
      teacher.school = plan.school.code;
      teacher.grade = grade;
      teacher.class_number = class_number;
      // The teacher of the class before stands in; for the head, the first teacher, unless the post is to
      // stay empty.
      const size_t first = head_at + 1;
      if (roster.posts.size() > first) teacher.deputy = roster.posts.back().number;
      roster.posts.push_back(std::move(teacher));
    }
  }
  roster.posts[head_at + 1].deputy = roster.posts.back().number;
  if (!plan.head_vacant) roster.posts[head_at].deputy = roster.posts[head_at + 1].number;
}

void RosterGenerator::AddChildren(const CountyPlan& county, const SchoolPlan& plan, Roster& roster) {
  std::vector<Sex> sexes(plan.boys, Sex::kMale);
  sexes.insert(sexes.end(), plan.girls, Sex::kFemale);
  people_.Shuffle(sexes);
  std::vector<std::string_view> guardianships = GuardianshipsOf(plan.guardians);
  people_.Shuffle(guardianships);
  const size_t count = sexes.size();
  const size_t classes = static_cast<size_t>(kGrades * plan.classes_per_grade);
  for (size_t i = 0; i < count; ++i) {
    // The classes are filled evenly, in the order of grade and class.
    const int place = static_cast<int>(i * classes / count);
    Child child;
    child.school = plan.school.code;
    child.grade = place / plan.classes_per_grade + 1;
    child.class_number = place % plan.classes_per_grade + 1;
    child.sex = sexes[i];
    const std::string_view surname = people_.Surname();
    child.name = people_.ChildName(surname, child.sex);
    child.birth = BirthIn(child.grade, people_);
    child.id_number = people_.ResidentId(county.county, child.birth, child.sex);
    child.ethnic_group = people_.Pick(county.ethnic_groups);
    child.boards = child.grade >= 3 && people_.OneIn(5);
    GiveFamily(guardianships[i], surname, child);
    roster.children.push_back(std::move(child));
  }
}

Relative RosterGenerator::Away(std::string_view surname, Sex sex) {
  Relative parent;
  parent.name = people_.ElderName(surname, sex);
  parent.workplace = people_.Pick(kWorkplaces);
  parent.phone = people_.Phone();
  return parent;
}

void RosterGenerator::GiveFamily(std::string_view guardianship, std::string_view surname, Child& child) {
  child.guardianship = guardianship;
  const bool hard = guardianship == kKin || guardianship == kSingle;
  child.care_level = hard ? people_.Pick(kHardCareLevels) : people_.Pick(kCareLevels);
  const std::string_view mothers_surname = people_.Surname();
  child.father = Away(surname, Sex::kMale);
  child.mother = Away(mothers_surname, Sex::kFemale);
  if (guardianship == kOneParent) {
    const bool mother = !people_.OneIn(4);
    Relative& home = mother ? child.mother : child.father;
    home.workplace.clear();
    child.guardian = home;
    child.guardian.relation = mother ? "母亲" : "父亲";
    return;
  }
  if (guardianship == kSingle) (people_.OneIn(2) ? child.father : child.mother) = Relative();
  const Kin& kin = guardianship == kKin ? kRelatives[people_.Below(std::size(kRelatives))]
                                        : kElders[people_.Below(std::size(kElders))];
  const std::string_view others_surname = people_.Surname();
  const std::string_view kin_surname = kin.side == Side::kFather   ? surname
                                       : kin.side == Side::kMother ? mothers_surname
                                                                   : others_surname;
  child.guardian.name = people_.ElderName(kin_surname, kin.sex);
  child.guardian.relation = kin.relation;
  child.guardian.phone = people_.Phone();
}

}  // namespace tonghu::demo
