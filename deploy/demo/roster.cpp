#include "deploy/demo/roster.h"

#include "libs/csv/csv.h"

namespace tonghu::demo {
namespace {

std::string NumberOrEmpty(int number) { return number == 0 ? std::string() : std::to_string(number); }

std::string Line(const Child& child) {
  return csv::Join({child.name,
                    child.sex == identity::Sex::kMale ? "男" : "女",
                    absl::FormatCivilTime(child.birth),
                    child.id_number,
                    child.ethnic_group,
                    child.school,
                    std::to_string(child.grade),
                    std::to_string(child.class_number),
                    child.boards ? "是" : "否",
                    child.guardianship,
                    child.care_level,
                    child.guardian.name,
                    child.guardian.relation,
                    child.guardian.phone,
                    child.father.name,
                    child.father.workplace,
                    child.father.phone,
                    child.mother.name,
                    child.mother.workplace,
                    child.mother.phone});
}

}  // namespace

std::string SchoolsCsv(const Roster& roster) {
  std::string text = csv::Join({"学校标识码", "校名", "乡镇代码"});
  for (const School& school : roster.schools) {
    text += csv::Join({school.code, school.name, school.township});
  }
  return text;
}

std::string StaffCsv(const Roster& roster) {
  std::string text =
      csv::Join({"工号", "姓名", "电话", "岗位", "学校标识码", "年级", "班级", "乡镇代码", "代理工号"});
  for (const Post& post : roster.posts) {
    text += csv::Join({post.number, post.name, post.phone, post.title, post.school, NumberOrEmpty(post.grade),
                       NumberOrEmpty(post.class_number), post.township, post.deputy});
  }
  return text;
}

std::string ChildrenCsv(const Roster& roster) {
  std::string text =
      csv::Join({"姓名",     "性别",       "出生日期", "身份证号", "民族",       "学校标识码",   "年级",
                 "班级",     "是否寄宿",   "监护类型", "关爱等级", "监护人姓名", "与监护人关系", "监护人电话",
                 "父亲姓名", "父亲务工地", "父亲电话", "母亲姓名", "母亲务工地", "母亲电话"});
  for (const Child& child : roster.children) text += Line(child);
  return text;
}

}  // namespace tonghu::demo
