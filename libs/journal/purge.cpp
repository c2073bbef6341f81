#include "libs/journal/purge.h"

namespace tonghu::journal {
namespace {

// Looking reads the newest part of the block range index (BRIN), which is not summarised yet, so it is not
// done often.
constexpr absl::Duration kEvery = absl::Hours(1);
constexpr char kNext[] =
    "SELECT $2 WHERE $1 = 0 AND EXISTS (SELECT FROM request WHERE time < $2 - interval '8 days')";
// Due after 8 days, deleted after 7: the purge comes once a day and not for every row. PostgreSQL's DELETE
// has no LIMIT, hence the rows' addresses (ctid).
constexpr char kDelete[] =
    "DELETE FROM request WHERE ctid = ANY (ARRAY(SELECT ctid FROM request WHERE time < $1 - interval '7 "
    "days' LIMIT $2))";

}  // namespace

Sweep PurgeRequests() {
  return {"purge of old answers", kNext,
          [](ShardTransaction& transaction, int limit) -> absl::StatusOr<int> {
            auto deleted =
                transaction.db().Run(kDelete, postgres::Params().Time(transaction.now()).Int(limit));
            if (!deleted.ok()) return deleted.status();
            return static_cast<int>(deleted->affected());
          },
          kEvery};
}

}  // namespace tonghu::journal
