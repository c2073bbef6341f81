#include "services/reporting/events/consume.h"

#include "services/reporting/domain/tally.h"
#include "services/reporting/events/fact_reader.h"
#include "services/reporting/postgres/count_store.h"

namespace tonghu::reporting {

absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  FactReader reader;
  Tally tally;
  for (const journal::Event* event : events) {
    auto fact = reader.Read(*event);
    if (!fact.ok()) return fact.status();
    if (!fact->has_value()) continue;
    if (absl::Status added = tally.Add(**fact); !added.ok()) return added;
  }
  return AddCounts(transaction.db(), tally);
}

}  // namespace tonghu::reporting
