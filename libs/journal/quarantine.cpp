#include "libs/journal/quarantine.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/clock.h"
#include "libs/journal/event_row.h"

namespace tonghu::journal {

absl::StatusOr<std::vector<const Event*>> HoldBack(ShardTransaction& transaction,
                                                   absl::Span<const Event* const> events) {
  auto held = transaction.db().Run(
      "SELECT county, key, min(seq) FROM quarantine WHERE shard = $1 GROUP BY county, key",
      postgres::Params().Int(transaction.shard()));
  if (!held.ok()) return held.status();
  absl::flat_hash_map<std::string, int64_t> waiting;
  for (int i = 0; i < held->rows(); ++i)
    waiting[absl::StrCat(held->String(i, 0), "/", held->String(i, 1))] = held->Int(i, 2);
  std::vector<const Event*> free;
  for (const Event* event : events) {
    const auto found =
        waiting.empty() ? waiting.end() : waiting.find(absl::StrCat(event->county(), "/", event->key()));
    if (found == waiting.end()) {
      free.push_back(event);
      continue;
    }
    absl::Status aside = SetAside(transaction, *event, absl::StrCat("waits behind ", found->second));
    if (!aside.ok()) return aside;
  }
  return free;
}

absl::Status SetAside(ShardTransaction& transaction, const Event& event, const std::string& error) {
  return transaction.db().Defer(
      "INSERT INTO quarantine (producer, shard, seq, type, county, key, time, payload, error, "
      "set_aside_time) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
      postgres::Params()
          .Text(event.producer())
          .Int(event.shard())
          .Int(event.seq())
          .Text(event.type())
          .Text(event.county())
          .Text(event.key())
          .Time(TimeOf(event))
          .Bytes(event.payload())
          .Text(error)
          .Time(transaction.now()));
}

namespace {

constexpr char kNextOfKey[] =
    "SELECT producer, shard, seq, type, county, key, time, payload FROM quarantine WHERE shard = $1 AND "
    "county = $2 AND key = $3 "
    "ORDER BY set_aside_time, producer, seq LIMIT 1";

// Replays the first event of the key. Gives whether there was one.
absl::StatusOr<bool> ReleaseOne(ShardTransaction& transaction, const std::string& county,
                                const std::string& key, const Handler& handler) {
  auto row =
      transaction.db().Run(kNextOfKey, postgres::Params().Int(transaction.shard()).Text(county).Text(key));
  if (!row.ok()) return row.status();
  if (row->rows() == 0) return false;
  const Event event = EventOf(*row, 0);
  const Event* const one = &event;
  if (absl::Status applied = handler(transaction, absl::MakeConstSpan(&one, 1)); !applied.ok())
    return applied;
  auto deleted =
      transaction.db().Run("DELETE FROM quarantine WHERE producer = $1 AND shard = $2 AND seq = $3",
                           postgres::Params().Text(event.producer()).Int(event.shard()).Int(event.seq()));
  if (!deleted.ok()) return deleted.status();
  if (absl::Status committed = transaction.Commit(); !committed.ok()) return committed;
  return true;
}

}  // namespace

absl::StatusOr<Released> Release(postgres::Connection& connection, int shard, const std::string& county,
                                 const std::string& key, const clock::Clock& clock, const Handler& handler) {
  Released released;
  for (;;) {
    auto transaction = ShardTransaction::Begin(connection, shard, clock);
    if (!transaction.ok()) return transaction.status();
    auto one = ReleaseOne(*transaction, county, key, handler);
    if (one.ok() && !*one) return released;
    if (one.ok()) {
      ++released.applied;
      continue;
    }
    released.error = std::string(one.status().message());
    break;
  }
  auto left = connection.Run("SELECT count(*) FROM quarantine WHERE shard = $1 AND county = $2 AND key = $3",
                             postgres::Params().Int(shard).Text(county).Text(key));
  if (!left.ok()) return left.status();
  released.remaining = static_cast<int>(left->Int(0, 0));
  return released;
}

absl::StatusOr<std::vector<tonghu::journal::v1::QuarantinedEvent>> ListQuarantined(
    postgres::Connection& connection, const std::string& after, int limit) {
  const std::vector<std::string> place = absl::StrSplit(after, '/');
  int64_t shard = -1, seq = 0;
  if (place.size() == 3 && !(absl::SimpleAtoi(place[1], &shard) && absl::SimpleAtoi(place[2], &seq))) {
    return absl::InvalidArgumentError("page_token is not one of ours");
  }
  auto rows = connection.Run(
      "SELECT producer, shard, seq, type, county, key, time, payload, error, set_aside_time FROM quarantine "
      "WHERE (producer, shard, seq) > ($1, $2::bigint::int, $3) ORDER BY producer, shard, seq LIMIT $4",
      postgres::Params().Text(place[0]).Int(shard).Int(seq).Int(limit));
  if (!rows.ok()) return rows.status();
  std::vector<tonghu::journal::v1::QuarantinedEvent> events(rows->rows());
  for (int i = 0; i < rows->rows(); ++i) {
    *events[i].mutable_event() = EventOf(*rows, i);
    events[i].set_error(rows->String(i, 8));
    SetTime(rows->Time(i, 9), events[i].mutable_time());
  }
  return events;
}

}  // namespace tonghu::journal
