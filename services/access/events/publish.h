// Says in the journal what happened. Nothing said here holds a password, code or key.
#pragma once

#include <string_view>

#include "libs/journal/shard_transaction.h"
#include "services/access/domain/account.h"
#include "services/access/postgres/rights_store.h"

namespace tonghu::access {

// `change` is one of those that tonghu.access.events.v1.AccountPut lists.
void PublishAccountPut(journal::ShardTransaction& transaction, const Account& account,
                       std::string_view change);
void PublishGrantPut(journal::ShardTransaction& transaction, const GrantRow& grant);
void PublishGlassBroken(journal::ShardTransaction& transaction, const BreakingRow& breaking);

}  // namespace tonghu::access
