#include "libs/journal/event_run.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/journal/scratch.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

constexpr int kRunEvents = 500;
constexpr size_t kRunBytes = 200 << 10;  // a message may hold 1 MiB
constexpr int64_t kPageBytes = 2 << 20;  // half of what a gRPC answer may hold

// A page of runs. `seq` is the position of a run's last event, so `seq >= $2` finds the run that holds
// position $2. A run is read while those before it stay below both bounds, so the first run is always read,
// however large. The inner query adds up sizes (octet_length) without reading the payloads, which lie beside
// the table (TOAST); only rows of the page are read in full.
constexpr char kRead[] = R"sql(
SELECT j.seq, j.events, j.type, j.county, j.payload, j.time, j.hash FROM (
  SELECT seq, sum(events) OVER rows_so_far - events AS events_before,
    sum(octet_length(payload)) OVER rows_so_far - octet_length(payload) AS bytes_before
  FROM (SELECT seq, events, payload FROM journal WHERE shard = $1 AND seq >= $2 ORDER BY seq LIMIT $3) page
  WINDOW rows_so_far AS (ORDER BY seq)
) sized
JOIN journal j ON j.shard = $1 AND j.seq = sized.seq
WHERE events_before < $3 AND bytes_before < $4
ORDER BY j.seq)sql";

// Whether an event, or a run, of this type, county and size may be added to the run.
bool Fits(const Run& run, std::string_view type, std::string_view county, size_t bytes) {
  return run.events < kRunEvents && run.payload.size() + bytes <= kRunBytes && run.type == type &&
         run.county == county;
}

absl::StatusOr<postgres::Result> ReadPage(postgres::Connection& db, const Page& page) {
  return db.Run(kRead, postgres::Params().Int(page.shard).Int(page.from_seq).Int(page.limit).Int(kPageBytes));
}

}  // namespace

void AddTo(std::vector<Run>& runs, NewEvent event) {
  // A message with this one entry: its bytes appended to the run's are the run with one entry more (see
  // MessageOf).
  auto& one = Scratch<EventRun>();
  v1::RunEntry* const added = one.add_entries();
  added->set_key(event.key.data(), event.key.size());
  added->set_time_micros(absl::ToUnixMicros(event.time));
  added->set_payload(std::move(event.payload));
  // The actor is counted though it may be left out: the bound of a message is kept in either case.
  const size_t bytes = one.ByteSizeLong() + event.actor.size();
  const bool begins = runs.empty() || !Fits(runs.back(), event.type, event.county, bytes);
  if (begins) {
    runs.push_back({.first_seq = event.seq,
                    .type = std::string(event.type),
                    .county = std::string(event.county),
                    .time = event.time});
  }
  if (begins || runs.back().actor != event.actor) {
    added->set_actor(event.actor.data(), event.actor.size());
    runs.back().actor = event.actor;
  }
  ++runs.back().events;
  one.AppendToString(&runs.back().payload);
}

bool MayJoin(const Run& run, const Run& next) {
  return run.events + next.events <= kRunEvents && run.last_seq() + 1 == next.first_seq &&
         Fits(run, next.type, next.county, next.payload.size());
}

std::string MessageOf(std::string_view producer, int shard, const Run& run) {
  EventRun head;
  head.set_producer(producer.data(), producer.size());
  head.set_shard(shard);
  head.set_first_seq(run.first_seq);
  head.set_type(run.type);
  head.set_county(run.county);
  std::string message = head.SerializeAsString();
  message += run.payload;  // protobuf: serialized parts of one message, one behind the other, are the message
  return message;
}

std::vector<Event> EventsOf(EventRun& run) {
  std::vector<Event> events;
  events.reserve(run.entries_size());
  for (int i = 0; i < run.entries_size(); ++i) {
    v1::RunEntry& one = *run.mutable_entries(i);
    // Within a run the actor is written where it changes only.
    const bool same_actor = !one.has_actor() && i > 0;
    events.push_back({.producer = run.producer(),
                      .shard = run.shard(),
                      .seq = run.first_seq() + i,
                      .type = run.type(),
                      .county = run.county(),
                      .key = std::move(*one.mutable_key()),
                      .time = absl::FromUnixMicros(one.time_micros()),
                      .payload = std::move(*one.mutable_payload()),
                      .actor = same_actor ? events.back().actor : std::move(*one.mutable_actor())});
  }
  return events;
}

absl::StatusOr<std::vector<Event>> ReadJournal(postgres::Connection& db, const Page& page) {
  auto rows = ReadPage(db, page);
  if (!rows.ok()) return rows.status();
  std::vector<Event> events;
  auto& run = Scratch<EventRun>();
  for (int i = 0; i < rows->rows(); ++i) {
    const std::string_view payload = rows->Text(i, 4);
    const bool readable = run.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
    // The column `events` lets positions be counted in SQL without reading payloads; a row where both differ
    // is damaged.
    if (!readable || run.entries_size() != rows->Int(i, 1)) {
      return absl::DataLossError(
          absl::StrCat("the journal's row ", page.shard, "/", rows->Int(i, 0), " can't be read"));
    }
    // A row holds the entries alone; the head of the run follows from its columns.
    run.set_producer(page.producer);
    run.set_shard(page.shard);
    run.set_first_seq(rows->Int(i, 0) - run.entries_size() + 1);
    run.set_type(rows->String(i, 2));
    run.set_county(rows->String(i, 3));
    for (Event& event : EventsOf(run)) {
      // A page may begin within a run.
      if (event.seq < page.from_seq) continue;
      // A page may end within a run as well.
      if (static_cast<int>(events.size()) == page.limit) return events;
      events.push_back(std::move(event));
    }
  }
  return events;
}

absl::StatusOr<std::vector<v1::JournalRow>> ReadRows(postgres::Connection& db, const Page& page) {
  ASSIGN_OR_RETURN(auto rows, ReadPage(db, page));
  std::vector<v1::JournalRow> read(rows.rows());
  for (int i = 0; i < rows.rows(); ++i) {
    v1::JournalRow& row = read[i];
    row.set_seq(rows.Int(i, 0));
    row.set_events(rows.Int(i, 1));
    row.set_type(rows.String(i, 2));
    row.set_county(rows.String(i, 3));
    row.set_payload(rows.String(i, 4));
    row.set_time_micros(absl::ToUnixMicros(rows.Time(i, 5)));
    row.set_hash(rows.String(i, 6));
  }
  return read;
}

absl::StatusOr<Head> ReadHead(postgres::Connection& db, int shard) {
  ASSIGN_OR_RETURN(auto head, db.Run("SELECT seq, fact_seq, hash FROM journal_head WHERE shard = $1",
                                     postgres::Params().Int(shard)));
  if (head.rows() == 0) return Head{};
  return Head{head.Int(0, 0), head.Int(0, 1), head.String(0, 2)};
}

}  // namespace tonghu::journal
