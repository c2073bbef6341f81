// Use cases of closures: announcing and withdrawing them. Each decides a batch of commands of one shard in
// the given transaction and sets every reply. A status other than OK undoes the transaction; refusals are
// replies.
#pragma once

#include "libs/ids/ids.h"
#include "libs/ids/names.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/sweeper.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "tonghu/pairing/v1/closure_service.pb.h"

namespace tonghu::pairing {

using CreateClosureCommandHandler = journal::CommandHandler<v1::CreateClosureRequest, v1::Closure>;
using DeleteClosureCommandHandler =
    journal::CommandHandler<v1::DeleteClosureRequest, v1::DeleteClosureResponse>;

// Announces closures: duties follow (FollowSome), of the first children in the same transaction, and the
// terms of the schools are published without the closed days. Refusals: as CheckClosure; DIVISION_MALFORMED,
// COUNTY_MISMATCH, SCHOOL_NOT_FOUND, TOWNSHIP_NOT_FOUND, DATE_MALFORMED, NO_SCHOOL_DAYS, CLOSURE_EXISTS.
class CreateClosures {
 public:
  explicit CreateClosures(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          CreateClosureCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};
// Withdraws closures, and all follows as if they had never been. Refusal: CLOSURE_NOT_FOUND.
absl::Status DeleteClosures(journal::ShardTransaction& transaction,
                            DeleteClosureCommandHandler::Commands commands);

// The duties of children that an announcement or a withdrawal left to be worked off.
journal::Sweep FollowClosuresLater();

// Errors: CLOSURE_NOT_FOUND, and as paging::PageOf; the connection's.
absl::StatusOr<v1::Closure> GetClosure(postgres::Connection& db, const ids::Name& name);
absl::StatusOr<v1::ListClosuresResponse> ListClosures(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListClosuresRequest& request);

}  // namespace tonghu::pairing
