// Use case: schools with children that lack a term are found and told. Nothing is owed where no term is.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"

namespace tonghu::pairing {

// Compares what the county's schools, or the one that is named, should have with what they have
// (FirstDayWithoutTerm): publishes term_missing when a term has been missing for kTermMissingFor, and again
// each time after as many days as the county allows a child without anybody; publishes term_known when what
// was told is mended.
// Errors: the connection's.
absl::Status CheckTerms(journal::ShardTransaction& transaction, const std::string& county,
                        const std::string& only_school = "");

}  // namespace tonghu::pairing
