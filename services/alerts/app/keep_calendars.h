// A term's calendar was set, or withdrawn: which mornings are awaited, and what was raised about mornings
// that turn out to be none.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/postgres/term_rows.h"

namespace tonghu::alerts {

// School days that are still to come are awaited. Of days that are no school days now nothing is awaited,
// also not of today or earlier: an unresolved alert that attendance was not sent is settled, and absences do
// not count. A day that comes back within 30 days is awaited again, and its absences count again. What a
// person has settled stays. Other terms are left alone. A term at most once.
absl::Status KeepCalendars(journal::ShardTransaction& transaction, const Context& context,
                           const std::vector<TermCalendar>& calendars);

}  // namespace tonghu::alerts
