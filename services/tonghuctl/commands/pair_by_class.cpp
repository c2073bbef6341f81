// tonghuctl pair by-class: pairs every unpaired child of a county with its class teacher.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "libs/refusal/refusal.h"
#include "services/tonghuctl/class_pairs.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using pairing::v1::PairingService;
using registry::v1::ChildService;
using registry::v1::DirectoryService;

constexpr size_t kCallers = 16;  // the service commits together what comes together
constexpr PageOptions kAll = {.limit = 0};

struct Options {
  std::string county;
};

struct Roll {
  std::vector<registry::v1::Child> children;
  std::vector<registry::v1::Post> posts;
  std::vector<pairing::v1::Pairing> pairings;
};

absl::StatusOr<Roll> Read(Client& client, const std::string& parent) {
  registry::v1::ListChildrenRequest children;
  children.set_parent(parent);
  const auto found_children =
      client.AskPages<ChildService>(&ChildService::Stub::ListChildren, children, kAll);
  if (!found_children.ok()) return found_children.status();
  registry::v1::ListPostsRequest posts;
  posts.set_parent(parent);
  const auto found_posts = client.AskPages<DirectoryService>(&DirectoryService::Stub::ListPosts, posts, kAll);
  if (!found_posts.ok()) return found_posts.status();
  pairing::v1::ListPairingsRequest pairings;
  pairings.set_parent(parent);
  const auto found_pairings =
      client.AskPages<PairingService>(&PairingService::Stub::ListPairings, pairings, kAll);
  if (!found_pairings.ok()) return found_pairings.status();
  return Roll{{found_children->children().begin(), found_children->children().end()},
              {found_posts->posts().begin(), found_posts->posts().end()},
              {found_pairings->pairings().begin(), found_pairings->pairings().end()}};
}

absl::Status Make(Client& client, const std::string& parent, const ClassPairs::Pair& pair) {
  pairing::v1::CreatePairingRequest request;
  request.set_parent(parent);
  request.mutable_pairing()->set_child(pair.child);
  request.mutable_pairing()->set_helper(pair.helper);
  request.mutable_pairing()->set_role(pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
  return client.Tell<PairingService>(&PairingService::Stub::CreatePairing, request).status();
}

// One status a pair. After a first outage no more are begun.
std::vector<absl::Status> MakeAll(Client& client, const std::string& parent,
                                  const std::vector<ClassPairs::Pair>& pairs) {
  std::vector<absl::Status> made(pairs.size(), absl::UnavailableError("not tried after an earlier failure"));
  std::atomic<size_t> next = 0;
  std::atomic<bool> out = false;
  const auto work = [&] {
    for (size_t i = next++; i < pairs.size() && !out; i = next++) {
      made[i] = Make(client, parent, pairs[i]);
      if (!made[i].ok() && !refusal::IsRefusal(made[i])) out = true;
    }
  };
  std::vector<std::jthread> callers;
  for (size_t i = 0; i < std::min(kCallers, pairs.size()); ++i) callers.emplace_back(work);
  callers.clear();
  return made;
}

nlohmann::ordered_json Document(const ClassPairs& pairs, const std::vector<absl::Status>& made) {
  nlohmann::ordered_json document = {
      {"paired", std::count(made.begin(), made.end(), absl::OkStatus())},
      {"pairedAlready", pairs.paired_already},
      {"withoutTeacher", nlohmann::ordered_json::array()},
      {"failed", nlohmann::ordered_json::array()},
  };
  for (const auto* child : pairs.without_teacher) {
    document["withoutTeacher"].push_back({{"child", child->name()},
                                          {"school", child->school()},
                                          {"grade", child->grade()},
                                          {"classNumber", child->class_number()}});
  }
  for (size_t i = 0; i < made.size(); ++i) {
    if (made[i].ok()) continue;
    const refusal::Refusal why = refusal::Of(made[i]);
    document["failed"].push_back({{"child", pairs.to_make[i].child},
                                  {"helper", pairs.to_make[i].helper},
                                  {"reason", why.reason},
                                  {"message", why.message_zh.empty() ? why.message : why.message_zh}});
  }
  return document;
}

std::string Text(const nlohmann::ordered_json& document) {
  std::string text = fmt::format("新结对 {} 名，原已结对 {} 名\n", document["paired"].get<int>(),
                                 document["pairedAlready"].get<int>());
  if (!document["withoutTeacher"].empty()) {
    text += fmt::format("{} 名儿童的班级没有班主任：\n", document["withoutTeacher"].size());
    Table table({"儿童", "学校", "年级", "班级"});
    for (const auto& child : document["withoutTeacher"]) {
      table.Add({ShortName(child["child"].get<std::string>()), ShortName(child["school"].get<std::string>()),
                 child["grade"].dump(), child["classNumber"].dump()});
    }
    text += table.Text();
  }
  if (!document["failed"].empty()) {
    text += fmt::format("{} 名未能结对：\n", document["failed"].size());
    Table table({"儿童", "帮扶人", "原因", "说明"});
    for (const auto& one : document["failed"]) {
      table.Add({ShortName(one["child"].get<std::string>()), ShortName(one["helper"].get<std::string>()),
                 one["reason"].get<std::string>(), one["message"].get<std::string>()});
    }
    text += table.Text();
  }
  return text;
}

absl::Status Run(Session& session, const Options& options) {
  Typed typed(options.county);
  const std::string parent = typed.Parent();
  if (!typed.ok()) return typed.status();
  const auto roll = Read(session.client(), parent);
  if (!roll.ok()) return roll.status();
  const ClassPairs pairs = PairByClass(roll->children, roll->posts, roll->pairings);
  const std::vector<absl::Status> made = MakeAll(session.client(), parent, pairs.to_make);
  const auto document = Document(pairs, made);
  session.output.Show(document, [&] { return Text(document); });
  for (const absl::Status& status : made) {
    if (!status.ok() && !refusal::IsRefusal(status) &&
        status.message() != "not tried after an earlier failure")
      return status;
  }
  for (const absl::Status& status : made) {
    if (!status.ok()) return status;
  }
  if (pairs.without_teacher.empty()) return absl::OkStatus();
  return refusal::Precondition(
      "CLASS_WITHOUT_TEACHER", "",
      fmt::format("{} children are in classes without a teacher", pairs.without_teacher.size()),
      "有班级没有班主任：请先用 post set 或 import staff 登记班主任，再运行本命令。");
}

}  // namespace

void AddPairByClass(Command group, Session& session) {
  auto [command, options] = AddCommand<Options>(
      group, session,
      {"by-class", "Pair every unpaired child with its class teacher; list those whose class has none",
       "pair by-class --county 520521"},
      Run);
  AddCounty(command, options.county);
}

}  // namespace tonghu::tonghuctl
