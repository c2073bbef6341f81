// Use cases of doubtful contacts: they are found, listed, and dismissed by whoever looked into them.
#pragma once

#include "absl/status/statusor.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/sweeper.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/pairing/postgres/doubt_store.h"
#include "tonghu/pairing/v1/doubt_service.pb.h"

namespace tonghu::pairing {

// The next three o'clock in the morning in China after `now`: heads read in the morning what was found.
absl::Time NextDoubtLook(absl::Time now);

// Looks at the helpers' contacts that a contact of theirs which happened at `changed.since` or later may make
// doubtful, or no longer so; keeps and publishes what is found. `changed.since` is the time of the earliest
// contact that is new or changed. Errors: the connection's.
absl::Status LookForDoubts(journal::ShardTransaction& transaction, HelpersAsked changed);
// Looks through the contacts of each county, once a day, helper by helper.
journal::Sweep LookForDoubtsDaily();

using DismissDoubtCommandHandler = journal::CommandHandler<v1::DismissDoubtRequest, v1::Doubt>;
// Dismisses doubts. Decides the commands in the given transaction and sets every reply. Refusals: NOT_FOUND,
// DISMISS_REASON_LENGTH, DOUBT_DISMISSED, DOUBT_OF_OWN_CONTACT.
absl::Status DismissDoubts(journal::ShardTransaction& transaction,
                           DismissDoubtCommandHandler::Commands commands);

// Lists doubts about children inside the scope. Errors: refusals of malformed requests; the connection's.
absl::StatusOr<v1::ListDoubtsResponse> ListDoubts(postgres::Connection& db, const rights::Scope& scope,
                                                  const v1::ListDoubtsRequest& request);

}  // namespace tonghu::pairing
