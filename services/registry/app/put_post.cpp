#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"

namespace tonghu::registry {
namespace {

Faults FaultsOf(const v1::Post& message, const Post& post, Faults faults) {
  if (faults.empty()) CheckPost(post, faults);
  if (faults.empty() && !message.name().empty() && message.name() != MessageOf(post).name()) {
    AddInvalid(faults, "POST_NAME_MISMATCH", "name",
               "the name must be empty or follow from kind and what the post answers for",
               "岗位名称与岗位类别、学校、年级、班级或乡镇不一致，请留空或改正。");
  }
  return faults;
}

}  // namespace

absl::Status PutPost(journal::ShardTransaction& transaction, PutPostLane::Slots slots) {
  std::vector<Post> valid;
  std::vector<size_t> places;
  for (size_t i = 0; i < slots.size(); ++i) {
    Faults faults;
    const Post post = PostOf(slots[i].request->post(), *slots[i].county, faults);
    faults = FaultsOf(slots[i].request->post(), post, std::move(faults));
    if (!faults.empty()) {
      *slots[i].reply = Refuse(faults, "post.");
      continue;
    }
    valid.push_back(post);
    places.push_back(i);
  }
  auto outcomes = PutPosts(transaction, valid);
  if (!outcomes.ok()) return outcomes.status();
  for (size_t i = 0; i < valid.size(); ++i) {
    if ((*outcomes)[i].faults.empty()) {
      *slots[places[i]].reply = MessageOf(valid[i]);
    } else {
      *slots[places[i]].reply = Refuse((*outcomes)[i].faults, "post.");
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::registry
