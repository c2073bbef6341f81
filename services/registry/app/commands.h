// Deciders of the registry's commands, for journal::CommandHandler: each decides a batch inside a transaction
// of its shard. A refusal becomes the reply of its own command; a status other than OK loses the transaction,
// and with it the whole batch.
#pragma once

#include "libs/ids/ids.h"
#include "libs/journal/command_executor.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"

namespace tonghu::registry {

using CreateChildCommandHandler = journal::CommandHandler<v1::CreateChildRequest, v1::Child>;
using UpdateChildCommandHandler = journal::CommandHandler<v1::UpdateChildRequest, v1::Child>;
using PutSchoolCommandHandler = journal::CommandHandler<v1::PutSchoolRequest, v1::School>;
using PutStaffMemberCommandHandler = journal::CommandHandler<v1::PutStaffMemberRequest, v1::StaffMember>;
using PutPostCommandHandler = journal::CommandHandler<v1::PutPostRequest, v1::Post>;

// `ids` outlives the decider.
CreateChildCommandHandler::Decider CreateChild(ids::Source& ids);
absl::Status UpdateChild(journal::ShardTransaction& transaction,
                         UpdateChildCommandHandler::Commands commands);
absl::Status PutSchool(journal::ShardTransaction& transaction, PutSchoolCommandHandler::Commands commands);
absl::Status PutStaffMember(journal::ShardTransaction& transaction,
                            PutStaffMemberCommandHandler::Commands commands);
absl::Status PutPost(journal::ShardTransaction& transaction, PutPostCommandHandler::Commands commands);

}  // namespace tonghu::registry
