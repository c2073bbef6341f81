#include "libs/journal/relay.h"

#include "absl/strings/str_cat.h"
#include "libs/journal/event_row.h"
#include "libs/log/log.h"

namespace tonghu::journal {
namespace {

// Unrelayed events of the given shards, each shard in order from its cursor on. Every shard that is behind
// gets the same share of the batch, so that none waits for another.
constexpr char kUnrelayed[] = R"sql(
WITH behind AS (
  SELECT c.shard, c.seq FROM relay_cursor c JOIN journal_head h ON h.shard = c.shard AND h.seq > c.seq
  WHERE c.shard = ANY($1)
)
SELECT $2, j.shard, j.seq, j.type, j.county, j.key, j.time, j.payload
FROM behind b
CROSS JOIN LATERAL (
  SELECT * FROM journal WHERE shard = b.shard AND seq > b.seq
  ORDER BY seq LIMIT greatest(1, $3 / (SELECT count(*) FROM behind))
) j
ORDER BY j.shard, j.seq)sql";

constexpr char kMoved[] = R"sql(
UPDATE relay_cursor c SET seq = m.seq FROM unnest($1, $2) AS m (shard, seq) WHERE c.shard = m.shard AND c.seq < m.seq)sql";

using tonghu::journal::v1::Event;
using tonghu::journal::v1::EventRun;

// What one message holds at most; nats-server takes 1 MiB.
constexpr int kRunEvents = 256;
constexpr size_t kRunBytes = 256 << 10;

bool Continues(const Event& last, const Event& next) {
  return last.shard() == next.shard() && last.county() == next.county() && last.type() == next.type();
}

jetstream::Outgoing MessageOf(const EventRun& run) {
  const Event& first = run.events(0);
  const int64_t last_seq = run.events(run.events_size() - 1).seq();
  return {absl::StrCat("tonghu.v1.", first.producer(), ".", first.shard(), ".", first.county(), ".",
                       first.type()),
          absl::StrCat(first.producer(), ".", first.shard(), ".", first.seq(), "-", last_seq),
          run.SerializeAsString()};
}

// The messages for these rows of kUnrelayed. Events of one county and type that follow each other share one:
// a message costs the bus as much as ten such events cost everything else.
std::vector<jetstream::Outgoing> MessagesOf(const postgres::Result& rows) {
  std::vector<jetstream::Outgoing> messages;
  EventRun run;
  size_t bytes = 0;
  const auto end_run = [&] {
    if (run.events_size() > 0) messages.push_back(MessageOf(run));
    run.Clear();
    bytes = 0;
  };
  for (int i = 0; i < rows.rows(); ++i) {
    Event event = EventOf(rows, i);
    const size_t size = event.payload().size();
    const bool fits = run.events_size() > 0 && run.events_size() < kRunEvents && bytes + size <= kRunBytes &&
                      Continues(run.events(run.events_size() - 1), event);
    if (!fits) end_run();
    bytes += size;
    *run.add_events() = std::move(event);
  }
  end_run();
  return messages;
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

void Relay::Work() {
  bool failing = false;
  for (;;) {
    absl::StatusOr<int> relayed = RelayOnce();
    if (relayed.ok() == failing) {
      failing = !relayed.ok();
      if (failing) spdlog::warn("relay waits: {}", relayed.status().ToString());
      if (!failing) spdlog::info("relay goes on");
    }
    const bool some = relayed.ok() && *relayed > 0;
    const bool full = some && *relayed >= options_.batch / 2;  // shards that are short leave their share
    if (full && waker_.stopped()) return;
    if (!full && some && !waker_.Pause(options_.pace)) return;
    if (!some && !waker_.Wait(failing ? absl::Milliseconds(250) : options_.poll)) return;
  }
}

absl::StatusOr<int> Relay::RelayOnce() {
  const std::vector<int> held = leases_.Held();
  if (held.empty()) return 0;
  if (!bus_.connected()) return absl::UnavailableError("the bus is not connected");
  const std::vector<int64_t> shards(held.begin(), held.end());
  auto connection = pool_.Acquire(absl::Seconds(5));
  if (!connection.ok()) return connection.status();
  auto rows =
      (*connection)
          ->Run(kUnrelayed, postgres::Params().Ints(shards).Text(options_.service).Int(options_.batch));
  if (!rows.ok()) return rows.status();
  if (rows->rows() == 0) return 0;
  std::vector<int64_t> moved_shards, moved_seqs;
  for (int i = 0; i < rows->rows(); ++i) {
    if (moved_shards.empty() || moved_shards.back() != rows->Int(i, 1)) {
      moved_shards.push_back(rows->Int(i, 1));
      moved_seqs.push_back(0);
    }
    moved_seqs.back() = rows->Int(i, 2);
  }
  if (absl::Status published = Publish(MessagesOf(*rows)); !published.ok()) return published;
  auto moved = (*connection)->Run(kMoved, postgres::Params().Ints(moved_shards).Ints(moved_seqs));
  if (!moved.ok()) return moved.status();
  return rows->rows();
}

absl::Status Relay::Publish(const std::vector<jetstream::Outgoing>& batch) {
  if (publisher_ == nullptr) {
    if (absl::Status stream = jetstream::EnsureStream(bus_, EventStream()); !stream.ok()) return stream;
    auto made = jetstream::Publisher::Make(bus_);
    if (!made.ok()) return made.status();
    publisher_ = std::move(*made);
  }
  absl::Status published = publisher_->PublishAll(batch, options_.publish_timeout);
  if (absl::IsNotFound(published))
    publisher_ = nullptr;  // the stream is gone: make it anew with the next try
  return published;
}

}  // namespace tonghu::journal
