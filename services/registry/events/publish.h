// Publishes the registry's events (tonghu.registry.events.v1) in the given transaction. The key of each is
// the row's id.
#pragma once

#include <string_view>

#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/directory.h"

namespace tonghu::registry {

// `township_code` is that of the child's school.
void PublishChildPut(journal::ShardTransaction& transaction, const Child& child,
                     std::string_view township_code);
void PublishSchoolPut(journal::ShardTransaction& transaction, const School& school);
void PublishStaffPut(journal::ShardTransaction& transaction, const StaffMember& member);

// The names of the holder and the deputy; empty: nobody.
struct Names {
  std::string_view holder, deputy;
};
void PublishPostPut(journal::ShardTransaction& transaction, const Post& post, const Names& names);

}  // namespace tonghu::registry
