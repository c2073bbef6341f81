#include "libs/status/macros.h"
#include "services/registry/app/by_key.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"
#include "services/registry/postgres/directory_store.h"

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

// What is not given stays as it is, or as an earlier command of the batch leaves it.
absl::Status Complete(postgres::Connection& db, absl::Span<const v1::Post* const> given,
                      std::vector<Post>& posts) {
  ASSIGN_OR_RETURN(auto last, Index(LoadPosts(db, KeysOf<Post>(posts))));
  for (size_t i = 0; i < posts.size(); ++i) {
    const auto found = last.find(posts[i].key());
    if (found != last.end() && !given[i]->has_holder()) posts[i].holder_id = found->second.holder_id;
    // Who stood in and holds it now stands in no more.
    const bool keeps = found != last.end() && found->second.deputy_id != posts[i].holder_id;
    if (keeps && !given[i]->has_deputy()) posts[i].deputy_id = found->second.deputy_id;
    last.insert_or_assign(posts[i].key(), posts[i]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutPost(journal::ShardTransaction& transaction, PutPostCommandHandler::Commands commands) {
  std::vector<Post> valid;
  std::vector<const v1::Post*> given;
  std::vector<size_t> places;
  for (size_t i = 0; i < commands.size(); ++i) {
    Faults faults;
    const Post post = PostOf(commands[i].request->post(), *commands[i].county, faults);
    faults = FaultsOf(commands[i].request->post(), post, std::move(faults));
    if (!faults.empty()) {
      *commands[i].reply = Refuse(faults, "post.");
      continue;
    }
    valid.push_back(post);
    given.push_back(&commands[i].request->post());
    places.push_back(i);
  }
  RETURN_IF_ERROR(Complete(transaction.db(), given, valid));
  ASSIGN_OR_RETURN(auto outcomes, PutPosts(transaction, valid));
  for (size_t i = 0; i < valid.size(); ++i) {
    if (outcomes[i].faults.empty()) {
      *commands[places[i]].reply = MessageOf(valid[i]);
    } else {
      *commands[places[i]].reply = Refuse(outcomes[i].faults, "post.");
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::registry
