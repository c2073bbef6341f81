// A recount: the other way to the same figures, plainly, event by event. It shares deliberately little with
// the stored figures: how an event is read, what an event counts as (domain/count.h), and how the API says
// figures. It has no batches and no SQL, and a filter and sums of its own.
#pragma once

#include <map>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/journal/event_handler.h"
#include "services/reporting/domain/count.h"
#include "services/reporting/domain/scope.h"
#include "services/reporting/events/fact_reader.h"

namespace tonghu::reporting {

// Adds up the events of one scope. Pure. Not thread-safe.
class Recount {
 public:
  explicit Recount(Scope scope) : scope_(std::move(scope)) {}
  // Counts an event of any county. An event that can't be read is passed over, since it is in quarantine and
  // not in the stored figures either; `unreadable` tells how many there were.
  void Add(const journal::Event& event);
  int unreadable() const { return unreadable_; }
  // The figures by week.
  std::vector<WeekFigures> Weeks() const;

 private:
  bool Wanted(const Place& place) const;

  const Scope scope_;
  FactReader reader_;
  std::map<absl::CivilDay, Counts> weeks_;
  int unreadable_ = 0;
};

}  // namespace tonghu::reporting
