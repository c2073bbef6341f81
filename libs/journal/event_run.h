// Runs of events: what a row of the journal and a message on the bus hold
// (docs/adr/2026-11-25-the-journal-holds-runs.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/journal/event.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

using EventRun = v1::EventRun;

// Events of one county and type that one transaction appended one after the other.
struct Run {
  int64_t first_seq = 0;  // the position of the first event
  int events = 0;
  std::string type;
  std::string county;
  absl::Time time;
  std::string payload;  // a serialized EventRun with `entries` alone: such bytes may be joined
  std::string actor;    // of the last event

  int64_t last_seq() const { return first_seq + events - 1; }
};

// One event to add to runs.
struct NewEvent {
  int64_t seq;
  std::string_view type, county, key;
  absl::Time time;
  std::string payload;
  std::string_view actor = {};  // Event::actor
};
// Adds an event to the last run if it fits (at most 500 events and 200 KB; one larger event stands alone),
// else to a new one.
void AddTo(std::vector<Run>& runs, NewEvent event);

// Whether `next` may travel in one message with `run`, the run before it.
bool MayJoin(const Run& run, const Run& next);

// The bus message for a run.
std::string MessageOf(std::string_view producer, int shard, const Run& run);

// The events of a message, or of a row whose head was filled in. Takes the payloads out of `run`.
std::vector<Event> EventsOf(EventRun& run);

// A page of one shard's journal: events from a position on, in order. At most `limit`; fewer when they would
// hold more than 2 MiB of rows. `producer` is the service whose journal it is.
struct Page {
  std::string producer;
  int shard;
  int64_t from_seq;
  int limit;
};
absl::StatusOr<std::vector<Event>> ReadJournal(postgres::Connection& db, const Page& page);

// The rows of one shard's journal that `page` means, as they are stored, for whoever checks the chain. At
// least one where there is one; `page.producer` is of no account.
absl::StatusOr<std::vector<v1::JournalRow>> ReadRows(postgres::Connection& db, const Page& page);

// Where a shard's journal stands; zeros while it is empty.
struct Head {
  int64_t seq = 0;       // the position of the newest event
  int64_t fact_seq = 0;  // of the newest that is neither kFileRead nor kAttemptRefused
  std::string hash;      // of the newest row
};
absl::StatusOr<Head> ReadHead(postgres::Connection& db, int shard);

// Called after each commit with the shard and the runs that were written, if any. Called on many threads;
// must not block.
using Committed = std::function<void(int shard, std::vector<Run> runs)>;

}  // namespace tonghu::journal
