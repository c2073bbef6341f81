// What the registry publishes on its journal: facts as events (tonghu.registry.events.v1).
#pragma once

#include <string_view>

#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/directory.h"

namespace tonghu::registry {

// With the township of the child's school.
void PublishChildPut(journal::ShardTransaction& transaction, const Child& child,
                     std::string_view township_code);
void PublishSchoolPut(journal::ShardTransaction& transaction, const School& school);
void PublishStaffPut(journal::ShardTransaction& transaction, const StaffMember& member);

// With the names of who holds the post and who stands in; empty: nobody.
struct Names {
  std::string_view holder, deputy;
};
void PublishPostPut(journal::ShardTransaction& transaction, const Post& post, const Names& names);

}  // namespace tonghu::registry
