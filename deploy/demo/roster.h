// The contents of a county's three roster files, and how they are written.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/identity/identity.h"

namespace tonghu::demo {

// A row of the schools' file.
struct School {
  std::string code;  // 学校标识码, ten digits
  std::string name;
  std::string township;  // nine digits
};

// A row of the staff file: a post and who holds it. A vacant post has no number, name and phone.
struct Post {
  std::string number, name, phone;
  std::string title;                // 班主任, 校长, 儿童督导员, 县民政局值班, 省平台值班
  std::string school;               // of class teachers and heads
  int grade = 0, class_number = 0;  // of class teachers, else 0
  std::string township;             // of supervisors
  std::string deputy;               // number of who stands in, or empty
};

// A grown-up of a child's family. All fields empty: not known. Without a workplace: at home.
struct Relative {
  std::string name, relation, workplace, phone;
};

// A row of the children's file.
struct Child {
  std::string name;
  identity::Sex sex = identity::Sex::kFemale;
  absl::CivilDay birth;
  std::string id_number, ethnic_group, school;
  int grade = 0, class_number = 0;
  bool boards = false;
  std::string guardianship;  // 隔代监护, 父母单方监护, 亲朋监护, 单亲或孤儿
  std::string care_level;    // 普遍关注, 重点关注, 监护干预, 个案服务
  Relative guardian, father, mother;
};

// The rows of a county's three files.
struct Roster {
  std::string county;
  std::vector<School> schools;
  std::vector<Post> posts;
  std::vector<Child> children;
};

// The three files as texts, header first, in UTF-8 without a byte order mark.
std::string SchoolsCsv(const Roster& roster);
std::string StaffCsv(const Roster& roster);
std::string ChildrenCsv(const Roster& roster);

}  // namespace tonghu::demo
