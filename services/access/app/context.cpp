#include "services/access/app/context.h"

#include "libs/status/macros.h"

namespace tonghu::access {

absl::StatusOr<postgres::Pool::Lease> Connect(const Context& context) {
  return context.pool.Acquire(absl::Seconds(2));
}

absl::Status InShard(const Context& context, std::string_view county, std::string_view actor,
                     absl::FunctionRef<absl::Status(journal::ShardTransaction&)> work) {
  RETURN_IF_ERROR(context.admit());
  ASSIGN_OR_RETURN(auto connection, Connect(context));
  ASSIGN_OR_RETURN(auto transaction, journal::ShardTransaction::Begin(*connection, context.shard_of(county),
                                                                      context.journal_clock));
  transaction.set_actor(actor);
  RETURN_IF_ERROR(work(transaction));
  return transaction.Commit();
}

}  // namespace tonghu::access
