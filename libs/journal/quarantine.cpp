#include "libs/journal/quarantine.h"

#include <limits>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/postgres/columns.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

using postgres::Field;

// The first event in quarantine of each key, in the order of replay.
constexpr char kWaiting[] =
    "SELECT DISTINCT ON (county, key) county, key, producer, seq FROM quarantine WHERE shard = $1 "
    "ORDER BY county, key, array_position($2, producer), producer, seq";

// Deletes one event and tells whether the key has others. A statement does not see its own DELETE, so the
// last condition leaves the deleted row out.
constexpr char kDelete[] =
    "WITH gone AS (DELETE FROM quarantine WHERE producer = $1 AND shard = $2 AND seq = $3) "
    "SELECT EXISTS (SELECT FROM quarantine WHERE shard = $2 AND county = $4 AND key = $5 "
    "AND (producer, seq) <> ($1, $3))";

// A row of the quarantine.
struct AsideEvent {
  Event event;
  std::string error;
  absl::Time set_aside_time;
};
constexpr postgres::Columns kAside{Field<&AsideEvent::event, &Event::producer>("producer"),
                                   Field<&AsideEvent::event, &Event::shard>("shard"),
                                   Field<&AsideEvent::event, &Event::seq>("seq"),
                                   Field<&AsideEvent::event, &Event::type>("type"),
                                   Field<&AsideEvent::event, &Event::county>("county"),
                                   Field<&AsideEvent::event, &Event::key>("key"),
                                   Field<&AsideEvent::event, &Event::time>("time"),
                                   Field<&AsideEvent::event, &Event::payload>("payload", postgres::kBytea),
                                   Field<&AsideEvent::event, &Event::actor>("actor"),
                                   Field<&AsideEvent::error>("error"),
                                   Field<&AsideEvent::set_aside_time>("set_aside_time")};

// Adds the event to the quarantine. One that is there already stays as it is.
absl::Status Put(ShardTransaction& transaction, const Event& event, const std::string& error) {
  static const std::string sql = absl::StrCat("INSERT INTO quarantine (", kAside.List(), ") SELECT * FROM ",
                                              kAside.Unnest("a"), " ON CONFLICT DO NOTHING");
  const AsideEvent one[] = {{event, error, transaction.now()}};
  return transaction.db().Defer(sql, kAside.Arrays(one));
}

std::string KeyOf(const std::string& county, const std::string& key) {
  return absl::StrCat(county, "/", key);
}

}  // namespace

bool IsEventsFault(const absl::Status& status) {
  const std::string state = postgres::SqlState(status);
  // SQLSTATE classes 21 (cardinality), 22 (data exceptions) and 23 (integrity constraints), and P0001, what a
  // trigger raised.
  // PostgreSQL's SQLSTATE says more than the code made of it, so it goes first.
  if (!state.empty())
    return absl::StartsWith(state, "21") || absl::StartsWith(state, "22") || absl::StartsWith(state, "23") ||
           state == "P0001";
  // Without an SQLSTATE the failure is the handler's: it can't read the event's bytes, or a value is out of
  // range.
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status);
}

absl::Status Quarantine::Tell(ShardTransaction& transaction, const Event& event, v1::OperatorMatter matter,
                              bool over) const {
  OperatorNotice notice;
  notice.set_matter(matter);
  notice.set_over(over);
  notice.set_service(options_.service);
  notice.set_key(event.key);
  notice.set_producer(event.producer);
  notice.set_type(event.type);
  notice.set_seq(event.seq);
  return options_.notify(transaction, event.county, notice);
}

absl::Status Quarantine::TellThatItWaits(ShardTransaction& transaction, const Event& event, bool over) const {
  return Tell(transaction, event, v1::OPERATOR_MATTER_EVENT_WAITS, over);
}

postgres::Connection::Statement Quarantine::Waiting(int shard) const {
  return {kWaiting, postgres::Params().Int(shard).Texts(options_.producers)};
}

absl::StatusOr<std::vector<const Event*>> Quarantine::HoldBack(ShardTransaction& transaction,
                                                               absl::Span<const Event* const> events,
                                                               const postgres::Result& held) const {
  struct First {
    std::string position;
    bool told = false;
  };
  // `held` was read under the shard's lock, which is still held: nothing is set aside meanwhile.
  absl::flat_hash_map<std::string, First> waiting;
  for (int i = 0; i < held.rows(); ++i) {
    waiting[KeyOf(held.String(i, 0), held.String(i, 1))].position =
        absl::StrCat(held.String(i, 2), "/", transaction.shard(), "/", held.Int(i, 3));
  }
  std::vector<const Event*> free;
  for (const Event* event : events) {
    const auto found = waiting.empty() ? waiting.end() : waiting.find(KeyOf(event->county, event->key));
    if (found == waiting.end()) {
      free.push_back(event);
      continue;
    }
    First& first = found->second;
    // The operators are told once a batch and key, however many events wait behind the first.
    absl::Status aside = Put(transaction, *event, absl::StrCat("waits behind ", first.position));
    if (aside.ok() && !first.told)
      aside = Tell(transaction, *event, v1::OPERATOR_MATTER_QUARANTINE, /*over=*/false);
    if (!aside.ok()) return aside;
    first.told = true;
  }
  return free;
}

absl::Status Quarantine::SetAside(ShardTransaction& transaction, const Event& event,
                                  const std::string& error) const {
  RETURN_IF_ERROR(Put(transaction, event, error));
  return Tell(transaction, event, v1::OPERATOR_MATTER_QUARANTINE, /*over=*/false);
}

// Applies the first event of the key again. Gives whether there was one.
// Producers come in the order of the settings: those to whose facts others refer come first. A producer that
// is no longer followed has no place there (NULL) and comes last.
absl::StatusOr<bool> Quarantine::ReleaseOne(ShardTransaction& transaction, const Key& key) const {
  static const std::string sql = absl::StrCat(
      "SELECT ", kAside.List(), " FROM quarantine WHERE shard = $1 AND county = $2 AND key = $3 ",
      "ORDER BY array_position($4, producer), producer, seq LIMIT 1");
  ASSIGN_OR_RETURN(
      auto rows,
      kAside.ReadAll(transaction.db().Run(
          sql, postgres::Params().Int(key.shard).Text(key.county).Text(key.key).Texts(options_.producers))));
  if (rows.empty()) return false;
  const Event& event = rows.front().event;
  const Event* const one = &event;
  // The handler alone, not HoldBack: the event must not be held back behind itself.
  RETURN_IF_ERROR(options_.handler(transaction, absl::MakeConstSpan(&one, 1)));
  ASSIGN_OR_RETURN(auto more, transaction.db().Run(kDelete, postgres::Params()
                                                                .Text(event.producer)
                                                                .Int(key.shard)
                                                                .Int(event.seq)
                                                                .Text(key.county)
                                                                .Text(key.key)));
  // The last event of the key is out: the operators are told, in the same transaction, that the matter is
  // over.
  if (!more.Bool(0, 0)) {
    RETURN_IF_ERROR(Tell(transaction, event, v1::OPERATOR_MATTER_QUARANTINE, /*over=*/true));
  }
  // Effects and deletion are one transaction: after a crash the event is applied, or still set aside.
  RETURN_IF_ERROR(transaction.Commit());
  return true;
}

absl::StatusOr<Quarantine::Released> Quarantine::Release(postgres::Connection& connection, const Key& key,
                                                         const clock::Clock& clock) const {
  Released released;
  for (;;) {
    // One event a transaction: what could be applied stays applied when a later event fails again.
    ASSIGN_OR_RETURN(auto transaction, ShardTransaction::Begin(connection, key.shard, clock));
    auto one = ReleaseOne(transaction, key);
    if (one.ok() && !*one) return released;
    if (one.ok()) {
      ++released.applied;
      continue;
    }
    // The words of an error hold no values of rows (postgres::Connection), so an operator may read them.
    released.error = std::string(one.status().message());
    break;
  }
  ASSIGN_OR_RETURN(
      auto left,
      connection.Run("SELECT count(*) FROM quarantine WHERE shard = $1 AND county = $2 AND key = $3",
                     postgres::Params().Int(key.shard).Text(key.county).Text(key.key)));
  released.remaining = static_cast<int>(left.Int(0, 0));
  return released;
}

namespace {

struct Position {
  std::string producer;
  int64_t shard = -1, seq = 0;
};

// The position behind which a page goes on; before all events for an empty token. Errors:
// PAGE_TOKEN_MALFORMED.
absl::StatusOr<Position> ParseToken(const std::string& token) {
  if (token.empty()) return Position();
  const std::vector<std::string> place = absl::StrSplit(token, '/');
  Position position;
  // Every part is checked here: a shard beyond `integer` would fail in the statement, as a fault of ours.
  if (place.size() == 3 && ids::IsId(place[0]) && absl::SimpleAtoi(place[1], &position.shard) &&
      absl::SimpleAtoi(place[2], &position.seq) && position.shard >= 0 &&
      position.shard <= std::numeric_limits<int32_t>::max() && position.seq > 0) {
    position.producer = place[0];
    return position;
  }
  return refusal::Invalid("PAGE_TOKEN_MALFORMED", "page_token", "page_token must come from an earlier answer",
                          "分页标记无效，请从第一页重新查询");
}

}  // namespace

absl::StatusOr<std::vector<v1::QuarantinedEvent>> ListQuarantined(postgres::Connection& connection,
                                                                  const std::string& page_token, int limit) {
  ASSIGN_OR_RETURN(auto after, ParseToken(page_token));
  // The page goes on by position, not by count: events that are released meanwhile shift nothing.
  static const std::string sql = absl::StrCat("SELECT ", kAside.List(), " FROM quarantine ",
                                              "WHERE (producer, shard, seq) > ($1, $2::bigint::int, $3) ",
                                              "ORDER BY producer, shard, seq LIMIT $4");
  ASSIGN_OR_RETURN(
      auto rows,
      kAside.ReadAll(connection.Run(
          sql, postgres::Params().Text(after.producer).Int(after.shard).Int(after.seq).Int(limit))));
  std::vector<v1::QuarantinedEvent> events(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    AsideEvent& row = rows[i];
    *events[i].mutable_event() = ToMessage(std::move(row.event));
    events[i].set_error(std::move(row.error));
    clock::SetTime(row.set_aside_time, events[i].mutable_time());
  }
  return events;
}

}  // namespace tonghu::journal
