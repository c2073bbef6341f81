// tonghuctl pair by-class: pairs every unpaired child of a county with its class teacher.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "libs/forms/words.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "tonghu/pairing/v1/coverage_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;
using registry::v1::DirectoryService;

// Asks the registry for anything, so that pairing knows what the registry has published up to now when it
// answers the next call: the client hands the registry's position on.
absl::Status SeeRegistry(client::Client& client, const std::string& parent) {
  registry::v1::ListPostsRequest posts;
  posts.set_parent(parent);
  posts.set_page_size(1);
  return client.Call(&DirectoryService::Stub::ListPosts, posts).status();
}

// Calls until nobody is left to pair. Gives the sum, and how many were paired before the first call.
absl::StatusOr<PairByClassResponse> PairAll(client::Client& client, const PairByClassRequest& request) {
  int paired = 0, already = -1;
  for (;;) {
    ASSIGN_OR_RETURN(auto some, client.Call(&PairingService::Stub::PairByClass, request));
    if (already < 0) already = some.already_paired();
    paired += some.paired();
    // A call pairs a bounded number, and `left` counts the children whose class has a teacher. A call that
    // pairs nobody although some are left (others were faster) ends the loop, which might else never end.
    if (some.left() > 0 && some.paired() > 0) continue;
    some.set_paired(paired);
    some.set_already_paired(already);
    return some;
  }
}

bool LacksTeacher(const UncoveredChild& child) {
  return child.reason() == UNCOVERED_REASON_NO_CLASS_TEACHER ||
         child.reason() == UNCOVERED_REASON_NOT_MOVED || child.reason() == UNCOVERED_REASON_HELPER_LEFT;
}

// Children whose class has no teacher, whether unpaired or left with the former one; and those whose helper,
// the class teacher or somebody else, has left.
absl::StatusOr<ListUncoveredChildrenResponse> WithoutTeacher(client::Client& client,
                                                             const std::string& parent) {
  ListUncoveredChildrenRequest request;
  request.set_parent(parent);
  ListUncoveredChildrenResponse without;
  RETURN_IF_ERROR(client.ForEachPage(&CoverageService::Stub::ListUncoveredChildren, request,
                                     [&](const ListUncoveredChildrenResponse& page) {
                                       for (const UncoveredChild& child : page.uncovered_children()) {
                                         if (LacksTeacher(child)) *without.add_uncovered_children() = child;
                                       }
                                     }));
  return without;
}

nlohmann::ordered_json Document(const PairByClassResponse& done,
                                const ListUncoveredChildrenResponse& without) {
  nlohmann::ordered_json document = {{"paired", done.paired()},
                                     {"pairedAlready", done.already_paired()},
                                     {"endedOnPurpose", done.ended_on_purpose()},
                                     {"withoutTeacher", nlohmann::ordered_json::array()}};
  for (const UncoveredChild& child : without.uncovered_children()) {
    document["withoutTeacher"].push_back({{"child", child.child()},
                                          {"school", child.school()},
                                          {"grade", child.grade()},
                                          {"classNumber", child.class_number()},
                                          {"reason", forms::Label(child.reason())}});
  }
  return document;
}

std::string Text(Session& session, const PairByClassResponse& done,
                 const ListUncoveredChildrenResponse& without) {
  std::string text = fmt::format("新结对 {} 名，原已结对 {} 名\n", done.paired(), done.already_paired());
  if (done.ended_on_purpose() > 0) {
    text +=
        fmt::format("{} 名儿童的结对已按父母返乡、儿童迁出或年满十六结束，未再结对；确需结对请用 pair add\n",
                    done.ended_on_purpose());
  }
  if (without.uncovered_children().empty()) return text;
  return text +
         fmt::format("{} 名儿童的班级没有可结对的班主任，或帮扶人已离岗：\n",
                     without.uncovered_children_size()) +
         TablesText(session, *forms::FindForm("pair", "uncovered"), without);
}

}  // namespace

absl::Status PairByClass(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto request, RequestOf<PairByClassRequest>(typed));
  const std::string& parent = request.parent();
  RETURN_IF_ERROR(SeeRegistry(session.client(), parent));
  ASSIGN_OR_RETURN(const auto done, PairAll(session.client(), request));
  const auto without = WithoutTeacher(session.client(), parent);
  if (!without.ok()) return without.status();
  session.output.Show(Document(done, *without), [&] { return Text(session, done, *without); });
  if (without->uncovered_children().empty()) return absl::OkStatus();
  return refusal::Precondition(
      "CLASS_WITHOUT_TEACHER", "",
      fmt::format("{} children are in classes without a teacher to pair them with, or their helper has left",
                  without->uncovered_children_size()),
      "有班级没有可结对的班主任：请先用 post set 或 import staff "
      "登记班主任，再运行本命令；帮扶人已离岗的，也可用 "
      "pair hand-over-all 移交。");
}

}  // namespace tonghu::tonghuctl
