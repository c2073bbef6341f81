#include "libs/forms/forms_of.h"
#include "libs/forms/typed.h"
#include "tonghu/registry/v1/directory.pb.h"

// Set as tables, which a formatter would take apart.
// clang-format off
namespace tonghu::forms {
namespace {

const std::vector<Column>& ChildRow() {
  static const auto& columns = *new std::vector<Column>{
      {"编号", "name", Show::kId}, {"姓名", "display_name"}, {"性别", "sex"}, {"出生日期", "birth_date"},
      {"学校", "school", Show::kId}, {"班级", "", Show::kClass}, {"监护类型", "guardianship_type"},
      {"关爱等级", "care_level"},
  };
  return columns;
}

const Table& ChildCard() {
  static const auto& card = *new Table{"", true, {{"资源名称", "name"}, {"姓名", "display_name"},
      {"性别", "sex"}, {"出生日期", "birth_date"}, {"身份证号", "identity_number", Show::kMasked},
      {"民族", "ethnic_group"}, {"学校", "school", Show::kId}, {"校名", "school", Show::kNameOf},
      {"班级", "", Show::kClass}, {"寄宿", "boarding"}, {"监护类型", "guardianship_type"},
      {"关爱等级", "care_level"}, {"监护人", "guardian", Show::kRelative},
      {"父母", "parents", Show::kRelative}, {"登记时间", "create_time"}, {"更新时间", "update_time"},
      {"版本标记", "etag"}}};
  return card;
}

// What can be said about a child; `first` stands before it.
std::vector<Field> Dossier(std::vector<Field> first, bool required) {
  const std::vector<Field> dossier = {
      Field{"child.display_name", "--name", "The child's own name"}.Required(required),
      {"child.sex", "--sex", "Sex"},
      {"child.birth_date", "--birth", "Birth date, YYYY-MM-DD", Input::kDay},
      {"child.identity_number", "--id-number", "Resident identity number, 18 characters"},
      {"child.ethnic_group", "--ethnic-group", "Ethnic group, such as 苗族"},
      {"child.school", "--school", "School", Input::kName, "schools", required},
      {"child.grade", "--grade", "Grade, 1 to 12"},
      {"child.class_number", "--class", "Class within the grade"},
      {"child.boarding", "--boarding,!--no-boarding", "Whether the child boards"},
      {"child.guardianship_type", "--guardianship", "Who guards the child"},
      {"child.care_level", "--care-level", "How much care it needs"},
      {"child.guardian", "--guardian", "relation,name[,phone[,workplace]]", Input::kRelative},
      {"child.parents", "--parent", "The same, once for each parent, father first", Input::kRelative},
  };
  first.insert(first.end(), dossier.begin(), dossier.end());
  return first;
}

std::string Holder(const google::protobuf::Message& row) {
  const auto& post = static_cast<const registry::v1::Post&>(row);
  return post.holder().empty() ? "（空缺）" : ShortName(post.holder());
}

const std::vector<Column>& PostRow() {
  static const auto& columns = *new std::vector<Column>{
      {"岗位", "name", Show::kId}, {"种类", "kind"}, {"任职", "holder", Show::kPlain, &Holder},
      {"姓名", "holder", Show::kNameOf}, {"代理", "deputy", Show::kId}, {"代理人姓名", "deputy", Show::kNameOf},
  };
  return columns;
}

}  // namespace

std::vector<Form> ChildForms() {
  return {
      {"child", "add", "registry.v1.ChildService.CreateChild", "Register a child",
       "child add --county 520521 --name 李嘉 --sex 男 --birth 2017-05-06 --school 2152990001 --grade "
       "3 --class 1", Dossier({}, true), {ChildCard()}},
      {"child", "get", "registry.v1.ChildService.GetChild", "Show a child",
       "child get 0193... --county 520521",
       {{"name", "CHILD", "Id or full name", Input::kName, "children", true}}, {ChildCard()}},
      {"child", "find", "registry.v1.ChildService.ListChildren",
       "Find children by name, class or identity number",
       "child find 王小明 --county 520521\n         tonghuctl child find 3-1 --school 2152990001 "
       "--county 520521",
       {Field{"", "WHO", "The beginning of a name; a class, such as 3-1; or an identity number",
              Input::kWho}.Required(),
        {"school", "--school", "Only this school", Input::kName, "schools"}},
       {{"children", false, ChildRow()}}, "找到 {#} 名"},
      {"child", "list", "registry.v1.ChildService.ListChildren", "List children",
       "child list --county 520521 --class 3-1 --care-level 重点关注",
       {{"school", "--school", "Only this school", Input::kName, "schools"},
        {"grade", "--grade", "Only this grade"},
        {"class_number", "--class", "Only this class: 3-1, or the class within --grade", Input::kClass},
        {"care_level", "--care-level", "Only this care level"},
        {"display_name_prefix", "--name-prefix", "Only names that start so"}},
       {{"children", false, ChildRow()}}, "列出 {#} 名"},
      {"child", "update", "registry.v1.ChildService.UpdateChild", "Change what is said, keep the rest",
       "child update 0193... --county 520521 --care-level focus",
       Dossier({{"child.name", "CHILD", "Id or full name", Input::kName, "children", true},
                 {"child.etag", "--etag", "Only when the child still has this etag"}}, false), {ChildCard()}, "",
       "say what to change, such as --care-level focus"},
  };
}

std::vector<Form> DirectoryForms() {
  const std::vector<Column> school = {
      {"学校标识码", "name", Show::kId}, {"校名", "display_name"}, {"乡镇代码", "township_code"}};
  const std::vector<Column> staff = {
      {"工号", "name", Show::kId}, {"姓名", "display_name"}, {"电话", "phone"}};
  return {
      {"division", "list", "registry.v1.DirectoryService.ListDivisions",
       "List the divisions directly below a code; the province without one", "division list 520521",
       {{"parent_code", "CODE", "2, 4, 6 or 9 digits"}},
       {{"divisions", false, {{"代码", "code"}, {"名称", "display_name"}, {"全称", "full_name"}}}}},
      {"school", "list", "registry.v1.DirectoryService.ListSchools", "List a county's schools",
       "school list --county 520521", {}, {{"schools", false, school}}},
      {"school", "put", "registry.v1.DirectoryService.PutSchool", "Register or change one school",
       "school put 2152990001 --name 实验小学 --township 520521101 --county 520521",
       {{"school.name", "SCHOOL", "Its code, or full name", Input::kName, "schools", true},
        Field{"school.display_name", "--name", "Its name"}.Required(),
        Field{"school.township_code", "--township", "Its township: nine digits"}.Required()},
       {{"", false, school}}},
      {"staff", "list", "registry.v1.DirectoryService.ListStaffMembers", "List a county's staff",
       "staff list --county 520521", {}, {{"staff_members", false, staff}}},
      {"staff", "put", "registry.v1.DirectoryService.PutStaffMember",
       "Register or change one member of the staff",
       "staff put 52052100007 --name 赵永华 --phone 15400000000 --county 520521",
       {{"staff_member.name", "STAFF", "Staff number, or full name", Input::kName, "staffMembers", true},
        Field{"staff_member.display_name", "--name", "Name"}.Required(),
        {"staff_member.phone", "--phone", "Phone; left out: stays as it is"}}, {{"", false, staff}}},
      {"post", "list", "registry.v1.DirectoryService.ListPosts", "List a county's posts",
       "post list --county 520521", {}, {{"posts", false, PostRow()}}},
      {"post", "set", "registry.v1.DirectoryService.PutPost",
       "Set who holds a post and who stands in, or that nobody does",
       "post set --county 520521 --kind 校长 --school 2152990001 --vacant",
       {Field{"post.kind", "--kind", "What kind of post"}.Required(),
        {"post.school", "--school", "Of a class teacher or school head", Input::kName, "schools"},
        {"post.grade", "--grade", "Of a class teacher"},
        {"post.class_number", "--class", "Of a class teacher"},
        {"post.township_code", "--township", "Of a township supervisor: nine digits"},
        Field{"post.holder", "--holder", "Staff number of who holds it", Input::kName,
              "staffMembers"}.OneOf(),
        Field{"post.holder", "--vacant", "Nobody holds it", Input::kNothing}.Excludes("--holder").OneOf(),
        Field{"post.deputy", "--deputy", "Staff number of who stands in; left out: stays as it is",
              Input::kName, "staffMembers"}.OneOf(), Field{"post.deputy", "--no-deputy", "Nobody stands in",
              Input::kNothing}.Excludes("--deputy").OneOf()}, {{"", false, PostRow()}}, "",
       "say --holder, --vacant, --deputy or --no-deputy"},
  };
}

}  // namespace tonghu::forms
