// tonghuctl child: the children of a county.
#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace registry::v1;

// What can be said about a child, in both add and update. Each knows whether it was said.
struct Dossier {
  std::string display_name, sex, birth_date, identity_number, ethnic_group, school, guardianship, care_level,
      guardian;
  std::vector<std::string> parents;
  int grade = 0, class_number = 0;
  bool boarding = false;
  std::vector<std::pair<Argument, const char*>> said;  // the option and the field of the mask
};

struct GetOptions {
  std::string child, county;
};
struct ChangeOptions {
  std::string child, county, etag;
  Dossier dossier;
};
struct ListOptions {
  std::string county, school, care_level, prefix;
  int grade = 0, class_number = 0;
  PageOptions paging;
};

// "relation,name,phone,workplace"; the last two may be left out.
absl::Status ReadRelative(const char* option, const std::string& text, Relative* relative) {
  std::vector<std::string> parts = absl::StrSplit(text, ',');
  if (parts.size() < 2 || parts.size() > 4) {
    return UsageError(fmt::format(
        "{} should be relation,name[,phone[,workplace]], such as 奶奶,王秀英,15400000000", option));
  }
  parts.resize(4);
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  relative->set_relation(parts[0]);
  relative->set_display_name(parts[1]);
  relative->set_phone(parts[2]);
  relative->set_workplace(parts[3]);
  return absl::OkStatus();
}

absl::Status Fill(const Dossier& dossier, Typed& typed, Child* child) {
  child->set_display_name(dossier.display_name);
  child->set_sex(ParseEnum<Sex>(dossier.sex));
  child->set_birth_date(typed.Day("--birth", dossier.birth_date));
  child->set_identity_number(dossier.identity_number);
  child->set_ethnic_group(dossier.ethnic_group);
  child->set_school(typed.Name("--school", "schools", dossier.school));
  child->set_grade(dossier.grade);
  child->set_class_number(dossier.class_number);
  child->set_boarding(dossier.boarding);
  child->set_guardianship_type(ParseEnum<GuardianshipType>(dossier.guardianship));
  child->set_care_level(ParseEnum<CareLevel>(dossier.care_level));
  if (!dossier.guardian.empty()) {
    if (absl::Status read = ReadRelative("--guardian", dossier.guardian, child->mutable_guardian());
        !read.ok())
      return read;
  }
  for (const std::string& parent : dossier.parents) {
    if (absl::Status read = ReadRelative("--parent", parent, child->add_parents()); !read.ok()) return read;
  }
  return typed.status();
}

std::string ClassOf(const Child& child) {
  return fmt::format("{}年级{}班", child.grade(), child.class_number());
}

std::string RelativeText(const Relative& relative) {
  std::string text = relative.display_name();
  for (const std::string& more : {relative.relation(), relative.phone(), relative.workplace()}) {
    if (!more.empty()) text += "，" + more;
  }
  return text;
}

std::string Card(const Child& child) {
  Table table({"项目", "内容"});
  table.Add({"资源名称", child.name()});
  table.Add({"姓名", child.display_name()});
  table.Add({"性别", Label(child.sex())});
  table.Add({"出生日期", child.birth_date()});
  table.Add({"身份证号", child.identity_number()});
  table.Add({"民族", child.ethnic_group()});
  table.Add({"学校", ShortName(child.school())});
  table.Add({"班级", ClassOf(child)});
  table.Add({"寄宿", child.boarding() ? "是" : "否"});
  table.Add({"监护类型", Label(child.guardianship_type())});
  table.Add({"关爱等级", Label(child.care_level())});
  table.Add({"监护人", RelativeText(child.guardian())});
  for (const Relative& parent : child.parents()) table.Add({"父母", RelativeText(parent)});
  table.Add({"登记时间", TimeText(child.create_time())});
  table.Add({"更新时间", TimeText(child.update_time())});
  table.Add({"版本标记", child.etag()});
  return table.Text();
}

absl::Status Show(const Session& session, const absl::StatusOr<Child>& child) {
  if (!child.ok()) return child.status();
  session.output.Show(*child, [&] { return Card(*child); });
  return absl::OkStatus();
}

absl::Status Add(Session& session, const ChangeOptions& options) {
  Typed typed(options.county);
  CreateChildRequest request;
  request.set_parent(typed.Parent());
  if (absl::Status filled = Fill(options.dossier, typed, request.mutable_child()); !filled.ok())
    return filled;
  return Show(session, session.client().Call(&ChildService::Stub::CreateChild, request));
}

absl::Status Update(Session& session, const ChangeOptions& options) {
  Typed typed(options.county);
  UpdateChildRequest request;
  request.mutable_child()->set_name(typed.Name("CHILD", "children", options.child));
  request.mutable_child()->set_etag(options.etag);
  if (absl::Status filled = Fill(options.dossier, typed, request.mutable_child()); !filled.ok())
    return filled;
  for (const auto& [option, field] : options.dossier.said) {
    if (option.Given()) request.mutable_update_mask()->add_paths(field);
  }
  if (request.update_mask().paths().empty())
    return UsageError("say what to change, such as --care-level focus");
  return Show(session, session.client().Call(&ChildService::Stub::UpdateChild, request));
}

absl::Status Get(Session& session, const GetOptions& options) {
  Typed typed(options.county);
  GetChildRequest request;
  request.set_name(typed.Name("CHILD", "children", options.child));
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&ChildService::Stub::GetChild, request));
}

absl::Status List(Session& session, const ListOptions& options) {
  Typed typed(options.county);
  ListChildrenRequest request;
  request.set_school(typed.Name("--school", "schools", options.school));
  request.set_parent(typed.Parent());
  request.set_grade(options.grade);
  request.set_class_number(options.class_number);
  request.set_care_level(ParseEnum<CareLevel>(options.care_level));
  request.set_display_name_prefix(options.prefix);
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), &ChildService::Stub::ListChildren, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] {
    Table table({"编号", "姓名", "性别", "出生日期", "学校", "班级", "监护类型", "关爱等级"});
    for (const Child& child : found->children()) {
      table.Add({ShortName(child.name()), child.display_name(), Label(child.sex()), child.birth_date(),
                 ShortName(child.school()), ClassOf(child), Label(child.guardianship_type()),
                 Label(child.care_level())});
    }
    return table.Text() + fmt::format("列出 {} 名\n", found->children_size());
  });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

void AddDossier(Command command, Dossier& dossier) {
  const auto said = [&dossier](Argument option, const char* field) {
    dossier.said.emplace_back(option, field);
  };
  said(command.AddOption("--name", dossier.display_name, "The child's own name"), "display_name");
  said(AddChoice<Sex>(command, "--sex", dossier.sex, "Sex"), "sex");
  said(command.AddOption("--birth", dossier.birth_date, "Birth date, YYYY-MM-DD"), "birth_date");
  said(command.AddOption("--id-number", dossier.identity_number, "Resident identity number, 18 characters"),
       "identity_number");
  said(command.AddOption("--ethnic-group", dossier.ethnic_group, "Ethnic group, such as 苗族"),
       "ethnic_group");
  said(command.AddOption("--school", dossier.school, "School"), "school");
  said(command.AddOption("--grade", dossier.grade, "Grade, 1 to 12"), "grade");
  said(command.AddOption("--class", dossier.class_number, "Class within the grade"), "class_number");
  said(command.AddFlag("--boarding,!--no-boarding", dossier.boarding, "Whether the child boards"),
       "boarding");
  said(AddChoice<GuardianshipType>(command, "--guardianship", dossier.guardianship, "Who guards the child"),
       "guardianship_type");
  said(AddChoice<CareLevel>(command, "--care-level", dossier.care_level, "How much care it needs"),
       "care_level");
  said(command.AddOption("--guardian", dossier.guardian, "relation,name[,phone[,workplace]]"), "guardian");
  said(command.AddOption("--parent", dossier.parents, "The same, once for each parent, father first"),
       "parents");
}

}  // namespace

void AddChild(Command app, Session& session) {
  const Command group = AddGroup(app, "child", "Children in the registry");
  {
    auto [command, options] =
        AddCommand<ChangeOptions>(group, session,
                                  {"add", "Register a child",
                                   "child add --county 520521 --name 李嘉 --sex male --birth 2017-05-06 "
                                   "--school 2152990001 --grade 3 --class 1"},
                                  Add);
    AddCounty(command, options.county);
    AddDossier(command, options.dossier);
    command.Find("--name").Required();
    command.Find("--school").Required();
  }
  {
    auto [command, options] = AddCommand<GetOptions>(
        group, session, {"get", "Show a child", "child get 0193... --county 520521"}, Get);
    command.AddOption("CHILD", options.child, "Id or full name").Required();
    AddCounty(command, options.county);
  }
  {
    auto [command, options] = AddCommand<ListOptions>(
        group, session, {"list", "List children", "child list --county 520521 --grade 3 --care-level focus"},
        List);
    AddCounty(command, options.county);
    command.AddOption("--school", options.school, "Only this school");
    command.AddOption("--grade", options.grade, "Only this grade").NotNegative();
    command.AddOption("--class", options.class_number, "Only this class").NotNegative();
    AddChoice<CareLevel>(command, "--care-level", options.care_level, "Only this care level");
    command.AddOption("--name-prefix", options.prefix, "Only names that start so");
    AddPaging(command, options.paging);
  }
  {
    auto [command, options] =
        AddCommand<ChangeOptions>(group, session,
                                  {"update", "Change what is said, keep the rest",
                                   "child update 0193... --county 520521 --care-level focus"},
                                  Update);
    command.AddOption("CHILD", options.child, "Id or full name").Required();
    AddCounty(command, options.county);
    command.AddOption("--etag", options.etag, "Only when the child still has this etag");
    AddDossier(command, options.dossier);
  }
}

}  // namespace tonghu::tonghuctl
