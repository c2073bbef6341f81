#include "services/reporting/events/consume.h"

#include "libs/status/macros.h"
#include "services/reporting/domain/tally.h"
#include "services/reporting/events/fact_reader.h"
#include "services/reporting/postgres/count_store.h"

namespace tonghu::reporting {

absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  FactReader reader;
  Tally tally;
  for (const journal::Event* event : events) {
    ASSIGN_OR_RETURN(auto fact, reader.Read(*event));
    if (!fact.has_value()) continue;
    // A fact that can't be counted is the event's fault: the consumer sets it aside, and a recomputation
    // leaves it out as well (I8).
    RETURN_IF_ERROR(tally.Add(*fact));
  }
  return AddCounts(transaction.db(), tally);
}

}  // namespace tonghu::reporting
