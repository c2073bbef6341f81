#include "deploy/demo/story/doubts.h"

#include <fmt/core.h>

#include "libs/forms/words.h"
#include "libs/status/macros.h"
#include "tonghu/pairing/v1/doubt_service.grpc.pb.h"

namespace tonghu::demo {
namespace {

using namespace pairing::v1;  // NOLINT: every line below is about them

// In the third week the teacher of the mining school's fourth grade writes the same of every child.
const std::string& Copying(const Cast& cast) { return cast.mining.children[9].teacher; }
constexpr absl::CivilDay kCopyingFrom(2026, 9, 14), kCopyingTo(2026, 9, 18);

constexpr const char* kTopics[] = {"上课听讲和作业", "和同学相处", "家里的饮食起居", "与父母通话的情况",
                                   "课外活动和安全"};

absl::Status LookInto(client::Client& clients, const Cast& cast) {
  const School& school = cast.mining;
  std::string head;
  for (const auto& [post, holder] : school.officers) {
    if (post.rfind("school_head-", 0) == 0) head = holder;
  }
  ListDoubtsRequest list;
  list.set_parent("counties/" + school.county);
  list.set_school(school.name);
  list.set_helper(Copying(cast));
  list.set_state(DOUBT_STATE_OPEN);
  ASSIGN_OR_RETURN(const auto found, clients.Call(&DoubtService::Stub::ListDoubts, list));
  if (found.doubts().empty()) return absl::NotFoundError("nobody found that a teacher copies");
  DismissDoubtRequest dismiss;
  dismiss.set_name(found.doubts(0).name());
  dismiss.set_staff_member(head);
  dismiss.set_reason("已问过孩子，确有谈心；请班主任补写内容");
  ASSIGN_OR_RETURN(const auto dismissed, clients.Call(&DoubtService::Stub::DismissDoubt, dismiss));
  fmt::print("09-21 09:00: {} of {}'s talks are doubtful ({}); the head asks a child, and one counts again\n",
             found.doubts_size(), cast.staff_names.at(Copying(cast)), forms::Label(dismissed.reasons(0)));
  return absl::OkStatus();
}

}  // namespace

std::string TalkNote(const Cast& cast, const Member& child, absl::CivilDay day) {
  if (child.teacher == Copying(cast) && kCopyingFrom <= day && day <= kCopyingTo)
    return "谈心：学习、生活情况正常";
  const auto week = static_cast<size_t>((day - absl::CivilDay(2026, 8, 31)) / 7);
  return fmt::format("和{}谈了{}，情况正常", child.display_name, kTopics[week % std::size(kTopics)]);
}

std::vector<Act> DoubtActs(client::Client& clients, const Cast& cast) {
  return {{At(9, 21, 9), [&clients, &cast] { return LookInto(clients, cast); }}};
}

}  // namespace tonghu::demo
