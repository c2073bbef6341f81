// Handlers of the registry's commands, for journal::Lane: each decides a batch inside a transaction of its
// shard.
#pragma once

#include "libs/ids/ids.h"
#include "libs/journal/writer.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"

namespace tonghu::registry {

using CreateChildLane = journal::Lane<v1::CreateChildRequest, v1::Child>;
using UpdateChildLane = journal::Lane<v1::UpdateChildRequest, v1::Child>;
using PutSchoolLane = journal::Lane<v1::PutSchoolRequest, v1::School>;
using PutStaffMemberLane = journal::Lane<v1::PutStaffMemberRequest, v1::StaffMember>;
using PutPostLane = journal::Lane<v1::PutPostRequest, v1::Post>;

// `ids` outlives the handler.
CreateChildLane::Handler CreateChild(ids::Source& ids);
absl::Status UpdateChild(journal::ShardTransaction& transaction, UpdateChildLane::Slots slots);
absl::Status PutSchool(journal::ShardTransaction& transaction, PutSchoolLane::Slots slots);
absl::Status PutStaffMember(journal::ShardTransaction& transaction, PutStaffMemberLane::Slots slots);
absl::Status PutPost(journal::ShardTransaction& transaction, PutPostLane::Slots slots);

}  // namespace tonghu::registry
