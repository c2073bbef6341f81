#include "libs/journal/relay.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/log/log.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

constexpr char kCursors[] = "SELECT shard, seq FROM relay_cursor WHERE shard = ANY($1)";

// Reads the runs behind the given positions. Every shard that is behind gets the same share of the events, so
// that no shard waits for another.
constexpr char kUnrelayed[] = R"sql(
WITH behind AS (
  SELECT c.shard, c.seq FROM unnest($1, $2) AS c (shard, seq) JOIN journal_head h ON h.shard = c.shard AND h.seq > c.seq
), share AS (
  SELECT greatest(1, $3 / greatest(1, count(*))) AS events FROM behind
)
SELECT j.shard, j.seq, j.events, j.type, j.county, j.time, j.payload
FROM behind b
CROSS JOIN LATERAL (
  SELECT seq, sum(events) OVER (ORDER BY seq) - events AS before FROM (
    SELECT seq, events FROM journal WHERE shard = b.shard AND seq > b.seq ORDER BY seq LIMIT (SELECT events FROM share)
  ) unrelayed
) n
JOIN journal j ON j.shard = b.shard AND j.seq = n.seq
WHERE n.before < (SELECT events FROM share)
ORDER BY j.shard, j.seq)sql";

// Only forwards: of two relays of a shard the one that is further on counts.
constexpr char kMoved[] = R"sql(
UPDATE relay_cursor c SET seq = m.seq FROM unnest($1, $2) AS m (shard, seq) WHERE c.shard = m.shard AND c.seq < m.seq)sql";

// Puts runs that follow each other into one message where they fit: a message costs the bus as much as ten
// events cost everything else.
std::vector<jetstream::Outgoing> MessagesOf(const std::string& service,
                                            const std::map<int, std::vector<Run>>& runs) {
  std::vector<jetstream::Outgoing> messages;
  for (const auto& [shard, some] : runs) {
    for (size_t i = 0; i < some.size();) {
      Run joined = some[i];
      for (++i; i < some.size() && MayJoin(joined, some[i]); ++i) {
        joined.events += some[i].events;
        joined.payload += some[i].payload;
      }
      // The bus drops a message whose id came lately. A repetition that was cut in another way has another
      // id, and is dropped by the consumers' positions.
      messages.push_back(
          {absl::StrCat("tonghu.v1.", service, ".", shard, ".", joined.county, ".", joined.type),
           absl::StrCat(service, ".", shard, ".", joined.first_seq, "-", joined.last_seq()),
           MessageOf(service, shard, joined)});
    }
  }
  return messages;
}

// What a run takes of memory: the allowance is for its other strings and its place in the map.
size_t BytesOf(const Run& run) {
  constexpr size_t kAllowance = 256;
  return run.payload.size() + kAllowance;
}

}  // namespace

jetstream::StreamSettings EventStream() { return {.name = "TONGHU", .subjects = {"tonghu.v1.>"}}; }

Relay::Relay(Options options, postgres::Pool& pool, jetstream::Connection& bus, const Leases& leases)
    : options_(std::move(options)), pool_(pool), bus_(bus), leases_(leases) {
  thread_ = std::thread([this] { Work(); });
}

void Relay::Stop() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Relay::HandOver(int shard, std::vector<Run> runs) {
  // Only the replica that works the shard publishes it; the others' runs are read from the journal by that
  // one.
  if (runs.empty() || !leases_.Holds(shard)) return;
  {
    absl::MutexLock lock(&mutex_);
    for (Run& run : runs) {
      // A slow bus must not fill the memory (I7): the journal keeps what is dropped here.
      if (handed_bytes_ + BytesOf(run) > options_.most_bytes) break;
      handed_bytes_ += BytesOf(run);
      const int64_t first = run.first_seq;
      handed_[shard].try_emplace(first, std::move(run));
    }
  }
  waker_.Wake();
}

void Relay::Work() {
  bool failing = false;
  for (;;) {
    absl::StatusOr<int> relayed = RelayOnce();
    if (!relayed.ok()) Forget();
    if (relayed.ok() == failing) {
      failing = !relayed.ok();
      if (failing) spdlog::warn("relay waits: {}", relayed.status().ToString());
      if (!failing) spdlog::info("relay goes on");
    }
    const bool some = relayed.ok() && *relayed > 0;
    const bool full =
        some && *relayed >= options_.batch / 2;  // shards with few events leave their share unused
    // After a full round the next one follows at once, as more is waiting.
    if (full && waker_.stopped()) return;
    if (!full && some && !waker_.Pause(options_.pace)) return;
    if (!some && !waker_.Wait(failing ? absl::Milliseconds(250) : options_.poll)) return;
  }
}

// Forgets cursors and runs after a failure: it is unknown what was published, and all of it is in the
// journal.
void Relay::Forget() {
  relayed_.clear();
  absl::MutexLock lock(&mutex_);
  handed_.clear();
  handed_bytes_ = 0;
}

absl::StatusOr<int> Relay::RelayOnce() {
  const std::vector<int> held = leases_.Held();
  if (!bus_.connected()) return absl::UnavailableError("the bus is not connected");
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(absl::Seconds(5)));
  RETURN_IF_ERROR(KnowCursors(*connection, held));
  if (held.empty()) return 0;
  bool gap = false;
  Runs runs = TakeHanded(gap);
  // The journal is read now and then even while runs are handed over: another replica's events may be the
  // newest.
  if (gap || runs.empty() || clock::MonotonicNow() >= look_time_) {
    RETURN_IF_ERROR(ReadInto(*connection, runs));
  }
  int events = 0;
  for (const auto& [shard, some] : runs)
    events += static_cast<int>(some.back().last_seq() - some.front().first_seq + 1);
  if (events == 0) return 0;
  // The cursor moves only when the bus has acknowledged every message: a crash in between publishes twice,
  // never loses.
  RETURN_IF_ERROR(Publish(runs));
  for (const auto& [shard, some] : runs) relayed_[shard] = some.back().last_seq();
  RETURN_IF_ERROR(MoveCursors(*connection));
  return events;
}

absl::Status Relay::KnowCursors(postgres::Connection& db, const std::vector<int>& held) {
  const auto lost = [&](const auto& one) {
    return std::find(held.begin(), held.end(), one.first) == held.end();
  };
  // A shard that went to another replica: what was handed over for it is that replica's to publish.
  if (std::erase_if(relayed_, lost) > 0) {
    absl::MutexLock lock(&mutex_);
    std::erase_if(handed_, [&](const auto& one) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      if (!lost(one)) return false;
      for (const auto& [first, run] : one.second) handed_bytes_ -= BytesOf(run);
      return true;
    });
  }
  std::vector<int64_t> unknown;
  for (const int shard : held) {
    if (!relayed_.contains(shard)) unknown.push_back(shard);
  }
  if (unknown.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto rows, db.Run(kCursors, postgres::Params().Ints(unknown)));
  for (int i = 0; i < rows.rows(); ++i) relayed_[static_cast<int>(rows.Int(i, 0))] = rows.Int(i, 1);
  // Shards that are new here may have events that nobody handed over.
  look_time_ = absl::InfinitePast();
  return absl::OkStatus();
}

Relay::Runs Relay::TakeHanded(bool& gap) {
  Runs taken;
  // Every shard gets the same share of a round.
  const int share = std::max(1, options_.batch / static_cast<int>(std::max<size_t>(1, relayed_.size())));
  absl::MutexLock lock(&mutex_);
  for (const auto& [shard, relayed] : relayed_) {
    std::map<int64_t, Run>& waiting = handed_[shard];
    int64_t next = relayed + 1;
    while (!waiting.empty() && waiting.begin()->first <= next && next <= relayed + share) {
      Run run = std::move(waiting.begin()->second);
      waiting.erase(waiting.begin());
      handed_bytes_ -= BytesOf(run);
      if (run.first_seq < next) continue;  // the run has been read from the journal and published
      next = run.last_seq() + 1;
      taken[shard].push_back(std::move(run));
    }
    // What is missing before the next run was dropped here, or committed by another replica: the journal has
    // it.
    gap = gap || (!waiting.empty() && waiting.begin()->first > next);
  }
  return taken;
}

// Reads the runs of those shards of which nothing was handed over. Stores the cursors again that a crash of
// PostgreSQL took back.
absl::Status Relay::ReadInto(postgres::Connection& db, Runs& runs) {
  std::vector<int64_t> shards, seqs;
  for (const auto& [shard, relayed] : relayed_) {
    // What was handed over goes first; the next round goes on behind it.
    if (runs.contains(shard)) continue;
    shards.push_back(shard);
    seqs.push_back(relayed);
  }
  look_time_ = clock::MonotonicNow() + options_.poll;
  if (shards.empty()) return absl::OkStatus();
  const postgres::Connection::Statement unrelayed = {
      kUnrelayed, postgres::Params().Ints(shards).Ints(seqs).Int(options_.batch)};
  ASSIGN_OR_RETURN(auto results, db.RunAll({Moved(), unrelayed}));
  const postgres::Result& rows = results[1];
  for (int i = 0; i < rows.rows(); ++i) {
    const int events = static_cast<int>(rows.Int(i, 2));
    runs[static_cast<int>(rows.Int(i, 0))].push_back({.first_seq = rows.Int(i, 1) - events + 1,
                                                      .events = events,
                                                      .type = rows.String(i, 3),
                                                      .county = rows.String(i, 4),
                                                      .time = rows.Time(i, 5),
                                                      .payload = rows.String(i, 6)});
  }
  // More of a shard than its share may be left.
  if (rows.rows() > 0) look_time_ = absl::InfinitePast();
  return absl::OkStatus();
}

absl::Status Relay::Publish(const Runs& runs) {
  if (publisher_ == nullptr) {
    RETURN_IF_ERROR(jetstream::EnsureStream(bus_, EventStream()));
    ASSIGN_OR_RETURN(auto made, jetstream::Publisher::Make(bus_));
    publisher_ = std::move(made);
  }
  absl::Status published =
      publisher_->PublishAll(MessagesOf(options_.service, runs), options_.publish_timeout);
  if (absl::IsNotFound(published)) publisher_ = nullptr;  // the stream is gone: the next try makes it anew
  return published;
}

postgres::Connection::Statement Relay::Moved() const {
  std::vector<int64_t> shards, seqs;
  for (const auto& [shard, relayed] : relayed_) {
    shards.push_back(shard);
    seqs.push_back(relayed);
  }
  return {kMoved, postgres::Params().Ints(shards).Ints(seqs)};
}

// Stores the cursors without waiting for the disk. A cursor lost in a crash is stored again with the next
// look, or costs some messages published twice.
absl::Status Relay::MoveCursors(postgres::Connection& db) {
  const postgres::Connection::Statement move = Moved();
  ASSIGN_OR_RETURN(auto transaction, postgres::Transaction::Begin(db));
  absl::Status moved = db.Defer("SET LOCAL synchronous_commit = off");
  if (moved.ok()) moved = db.Defer(move.sql, move.params);
  return moved.ok() ? transaction.Commit() : moved;
}

}  // namespace tonghu::journal
