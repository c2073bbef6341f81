// tonghuctl division, school, staff and post: where children are and who answers for them.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace registry::v1;
using Stub = DirectoryService::Stub;

struct DivisionOptions {
  std::string below;
};
struct ListOptions {
  std::string county;
  PageOptions paging;
};
struct PostOptions {
  std::string county, kind, school, township, holder, deputy;
  int grade = 0, class_number = 0;
  bool vacant = false, no_deputy = false;
};

absl::Status ListDivisions(Session& session, const DivisionOptions& options) {
  ListDivisionsRequest request;
  request.set_parent_code(options.below);
  const auto found = session.client().Call(&Stub::ListDivisions, request);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] {
    Table table({"代码", "名称", "全称"});
    for (const Division& division : found->divisions())
      table.Add({division.code(), division.display_name(), division.full_name()});
    return table.Text();
  });
  return absl::OkStatus();
}

// One list of a county: asks for its pages and shows `row` of each item.
template <class Request, class Response, class Rows>
absl::Status List(Session& session, const ListOptions& options,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), Rows rows) {
  Typed typed(options.county);
  Request request;
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), method, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] { return rows(*found).Text(); });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

absl::Status ListSchools(Session& session, const ListOptions& options) {
  return List(session, options, &Stub::ListSchools, [](const ListSchoolsResponse& found) {
    Table table({"学校标识码", "校名", "乡镇代码"});
    for (const School& school : found.schools())
      table.Add({ShortName(school.name()), school.display_name(), school.township_code()});
    return table;
  });
}

absl::Status ListStaff(Session& session, const ListOptions& options) {
  return List(session, options, &Stub::ListStaffMembers, [](const ListStaffMembersResponse& found) {
    Table table({"工号", "姓名", "电话"});
    for (const StaffMember& member : found.staff_members()) {
      table.Add({ShortName(member.name()), member.display_name(), member.phone()});
    }
    return table;
  });
}

Table PostRows(const google::protobuf::RepeatedPtrField<Post>& posts) {
  Table table({"岗位", "种类", "任职", "代理"});
  for (const Post& post : posts) {
    table.Add({ShortName(post.name()), Label(post.kind()),
               post.holder().empty() ? "（空缺）" : ShortName(post.holder()), ShortName(post.deputy())});
  }
  return table;
}

absl::Status ListPosts(Session& session, const ListOptions& options) {
  return List(session, options, &Stub::ListPosts,
              [](const ListPostsResponse& found) { return PostRows(found.posts()); });
}

absl::Status SetPost(Session& session, const PostOptions& options) {
  if (options.vacant && !options.holder.empty()) return UsageError("say either --holder or --vacant");
  if (options.no_deputy && !options.deputy.empty()) return UsageError("say either --deputy or --no-deputy");
  const bool holder = options.vacant || !options.holder.empty();
  const bool deputy = options.no_deputy || !options.deputy.empty();
  if (!holder && !deputy) return UsageError("say --holder, --vacant, --deputy or --no-deputy");
  Typed typed(options.county);
  PutPostRequest request;
  Post* post = request.mutable_post();
  post->set_kind(ParseEnum<PostKind>(options.kind));
  post->set_school(typed.Name("--school", "schools", options.school));
  post->set_grade(options.grade);
  post->set_class_number(options.class_number);
  post->set_township_code(options.township);
  if (holder) post->set_holder(typed.Name("--holder", "staffMembers", options.holder));
  if (deputy) post->set_deputy(typed.Name("--deputy", "staffMembers", options.deputy));
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  const auto put = session.client().Call(&Stub::PutPost, request);
  if (!put.ok()) return put.status();
  session.output.Show(*put, [&] {
    google::protobuf::RepeatedPtrField<Post> one;
    *one.Add() = *put;
    return PostRows(one).Text();
  });
  return absl::OkStatus();
}

void AddList(Command group, Session& session, const Verb& verb,
             absl::Status (*run)(Session&, const ListOptions&)) {
  auto [command, options] = AddCommand<ListOptions>(group, session, verb, run);
  AddCounty(command, options.county);
  AddPaging(command, options.paging);
}

void AddPost(Command app, Session& session) {
  const Command group = AddGroup(app, "post", "Posts: who answers for a class, school, township, county");
  AddList(group, session, {"list", "List a county's posts", "post list --county 520521"}, ListPosts);
  auto [command, options] =
      AddCommand<PostOptions>(group, session,
                              {"set", "Set who holds a post and who stands in, or that nobody does",
                               "post set --county 520521 --kind school_head --school 2152990001 --vacant"},
                              SetPost);
  AddCounty(command, options.county);
  AddChoice<PostKind>(command, "--kind", options.kind, "What kind of post").Required();
  command.AddOption("--school", options.school, "Of a class teacher or school head");
  command.AddOption("--grade", options.grade, "Of a class teacher");
  command.AddOption("--class", options.class_number, "Of a class teacher");
  command.AddOption("--township", options.township, "Of a township supervisor: nine digits");
  command.AddOption("--holder", options.holder, "Staff number of who holds it");
  command.AddFlag("--vacant", options.vacant, "Nobody holds it");
  command.AddOption("--deputy", options.deputy, "Staff number of who stands in; left out: stays as it is");
  command.AddFlag("--no-deputy", options.no_deputy, "Nobody stands in");
}

}  // namespace

void AddDirectory(Command app, Session& session) {
  auto [divisions, division] = AddCommand<DivisionOptions>(
      AddGroup(app, "division", "Administrative divisions"), session,
      {"list", "List the divisions directly below a code; the province without one", "division list 520521"},
      ListDivisions);
  divisions.AddOption("CODE", division.below, "2, 4, 6 or 9 digits");
  AddList(AddGroup(app, "school", "Schools"), session,
          {"list", "List a county's schools", "school list --county 520521"}, ListSchools);
  AddList(AddGroup(app, "staff", "Staff"), session,
          {"list", "List a county's staff", "staff list --county 520521"}, ListStaff);
  AddPost(app, session);
}

}  // namespace tonghu::tonghuctl
