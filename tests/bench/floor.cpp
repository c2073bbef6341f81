#include "tests/bench/floor.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace tonghu::bench {
namespace {

constexpr size_t kFewRows = 4;  // INSERT, in one round trip with all else, is cheaper than COPY

// A copy of a service's table, and what is done with it.
struct Table {
  std::string name;             // "floor.pairing_contact"
  std::string insert, update;   // statements
  std::vector<uint32_t> types;  // of the columns
};

std::string SchemaOf(const std::string& table) { return table.substr(0, table.find('.')); }

// One part of what one transaction does to one table.
struct Piece {
  const Table* table;
  const Changes* changes;
  size_t first, last;
  std::string copy;  // the added rows, when they are many
};
using Transaction = std::vector<Piece>;

// `part` of `parts` of `size`.
std::pair<size_t, size_t> Share(size_t size, size_t part, size_t parts) {
  return {size * part / parts, size * (part + 1) / parts};
}

class Copies {
 public:
  explicit Copies(postgres::Connection& db) : db_(db) {}

  absl::Status Make(const std::vector<Changes>& changes) {
    absl::Status made = db_.Script(
        "DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor; "
        "CREATE TABLE floor.cursor (writer text PRIMARY KEY, seq bigint NOT NULL) WITH (fillfactor = 50)");
    for (const Changes& one : changes) {
      if (!made.ok()) return made;
      if (!tables_.contains(one.table)) made = Copy(one);
    }
    return made;
  }

  const Table& Of(const std::string& table) const { return tables_.at(table); }

 private:
  absl::Status Copy(const Changes& changes) {
    Table& copy = tables_[changes.table];
    copy.name = "floor." + absl::StrReplaceAll(changes.table, {{".", "_"}});
    auto options = db_.Run(
        "SELECT coalesce(array_to_string(reloptions, ', '), '') FROM pg_class WHERE oid = "
        "$1::text::regclass",
        postgres::Params().Text(changes.table));
    if (!options.ok()) return options.status();
    const std::string with = options->rows() == 0 || options->String(0, 0).empty()
                                 ? ""
                                 : fmt::format("WITH ({})", options->String(0, 0));
    absl::Status made =
        db_.Script(fmt::format("CREATE TABLE {} (LIKE {} INCLUDING ALL) {}", copy.name, changes.table, with));
    if (made.ok() && changes.added.empty()) {
      made = db_.Script(fmt::format("INSERT INTO {} SELECT * FROM {}", copy.name, changes.table));
      if (made.ok()) made = db_.Script("VACUUM ANALYZE " + copy.name);
    }
    if (!made.ok()) return made;
    return Prepare(changes.table, copy);
  }

  // The update changes a column that no index knows, as the services' own updates do.
  absl::Status Prepare(const std::string& original, Table& copy) {
    auto columns = db_.Run(
        "SELECT a.attname::text, a.atttypid::bigint, format_type(a.atttypid, NULL), EXISTS (SELECT FROM "
        "pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY(i.indkey)) FROM pg_attribute a "
        "WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        postgres::Params().Text(original));
    if (!columns.ok()) return columns.status();
    auto key = KeyOf(db_, original);
    if (!key.ok()) return key.status();
    std::vector<std::string> places, arrays(key->size()), equal(key->size());
    std::string set;
    for (int i = 0; i < columns->rows(); ++i) {
      const std::string column = columns->String(i, 0);
      places.push_back(fmt::format("${}", i + 1));
      copy.types.push_back(static_cast<uint32_t>(columns->Int(i, 1)));
      if (!columns->Bool(i, 3)) set = column;
      for (size_t k = 0; k < key->size(); ++k) {
        if ((*key)[k] != column) continue;
        arrays[k] = fmt::format("${}::text[]::{}[]", k + 1, columns->String(i, 2));
        equal[k] = fmt::format("t.{0} = k.{0}", column);
      }
    }
    copy.insert = fmt::format("INSERT INTO {} VALUES ({})", copy.name, absl::StrJoin(places, ", "));
    copy.update =
        fmt::format("UPDATE {} t SET {} = t.{} FROM unnest({}) k ({}) WHERE {}", copy.name, set, set,
                    absl::StrJoin(arrays, ", "), absl::StrJoin(*key, ", "), absl::StrJoin(equal, " AND "));
    return absl::OkStatus();
  }

  postgres::Connection& db_;
  std::map<std::string, Table> tables_;
};

// One connection's work.
class Writer {
 public:
  Writer(std::unique_ptr<postgres::Connection> db, std::string name)
      : db_(std::move(db)), name_(std::move(name)) {}

  // Every row is found by its key, and no statement is planned twice.
  absl::Status Begin() {
    absl::Status set = db_->Script(
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; "
        "SET enable_mergejoin = off");
    if (!set.ok()) return set;
    return db_->Run("INSERT INTO floor.cursor VALUES ($1, 0)", postgres::Params().Text(name_)).status();
  }
  void Add(Transaction transaction) { transactions_.push_back(std::move(transaction)); }
  absl::Status Run() {
    for (const Transaction& transaction : transactions_) {
      if (absl::Status done = Do(transaction); !done.ok()) return done;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Do(const Transaction& transaction) {
    std::vector<postgres::Connection::Statement> together;
    const bool copies =
        std::any_of(transaction.begin(), transaction.end(), [](const Piece& p) { return !p.copy.empty(); });
    std::optional<postgres::Transaction> open;
    if (copies) {
      auto begun = postgres::Transaction::Begin(*db_);
      if (!begun.ok()) return begun.status();
      open.emplace(*std::move(begun));
    }
    for (const Piece& piece : transaction) {
      if (!piece.copy.empty()) {
        absl::Status copied =
            db_->CopyIn(fmt::format("COPY {} FROM STDIN (FORMAT binary)", piece.table->name), {piece.copy});
        if (!copied.ok()) return copied;
      } else {
        AddStatements(piece, together);
      }
    }
    together.push_back(
        {"UPDATE floor.cursor SET seq = seq + 1 WHERE writer = $1", postgres::Params().Text(name_)});
    if (auto run = db_->RunAll(together); !run.ok()) return run.status();
    return open.has_value() ? open->Commit() : absl::OkStatus();
  }

  static void AddStatements(const Piece& piece, std::vector<postgres::Connection::Statement>& together) {
    for (size_t i = piece.first; i < piece.last && !piece.changes->added.empty(); ++i) {
      const Row& row = piece.changes->added[i];
      postgres::Params params;
      for (size_t k = 0; k < row.size(); ++k) params.Raw(piece.table->types[k], row[k].bytes, row[k].null);
      together.push_back({piece.table->insert, std::move(params)});
    }
    if (piece.changes->changed.empty() || piece.first == piece.last) return;
    postgres::Params params;
    for (const std::vector<std::string>& column : piece.changes->changed)
      params.Texts(absl::MakeConstSpan(column).subspan(piece.first, piece.last - piece.first));
    together.push_back({piece.table->update, std::move(params)});
  }

  const std::unique_ptr<postgres::Connection> db_;
  const std::string name_;
  std::vector<Transaction> transactions_;
};

// A county's changes of one schema as `count` transactions. Few rows that were changed again and again (a
// school's counts of a week) are changed by each.
void Split(const std::vector<const Changes*>& changes, const Copies& copies, size_t count, Writer& writer) {
  for (size_t n = 0; n < count; ++n) {
    Transaction transaction;
    for (const Changes* one : changes) {
      const bool again = one->added.empty() && one->size() <= kFewRows;
      const auto [first, last] =
          again ? std::pair<size_t, size_t>(0, one->size()) : Share(one->size(), n, count);
      if (first == last) continue;
      Piece piece{&copies.Of(one->table), one, first, last, ""};
      if (!one->added.empty() && last - first > kFewRows)
        piece.copy = CopyText(one->added.data() + first, one->added.data() + last);
      transaction.push_back(std::move(piece));
    }
    writer.Add(std::move(transaction));
  }
}

absl::StatusOr<std::vector<std::unique_ptr<Writer>>> Writers(Rig& rig, const Work& work, const Copies& copies,
                                                             const FloorOptions& options) {
  std::vector<std::unique_ptr<Writer>> writers;
  const size_t counties = Counties().size();
  const auto per_county = static_cast<size_t>(options.events) / counties;
  const size_t transactions =
      std::max<size_t>(1, (per_county + options.transaction - 1) / options.transaction);
  for (const std::string& schema : options.schemas) {
    std::vector<Writer*> own;
    for (int i = 0; i < options.connections; ++i) {
      auto db = rig.Admin();
      if (!db.ok()) return db.status();
      writers.push_back(std::make_unique<Writer>(*std::move(db), fmt::format("{}-{}", schema, i)));
      own.push_back(writers.back().get());
      if (absl::Status begun = own.back()->Begin(); !begun.ok()) return begun;
    }
    for (size_t c = 0; c < counties; ++c) {
      std::vector<const Changes*> changes;
      for (const Changes& one : work.changes) {
        if (SchemaOf(one.table) == schema && one.county == Counties()[c]) changes.push_back(&one);
      }
      Split(changes, copies, transactions, *own[c % own.size()]);
    }
  }
  return writers;
}

absl::StatusOr<Floor> Measure(Rig& rig, const std::vector<std::unique_ptr<Writer>>& writers, BareBus* bus,
                              const std::vector<Message>& messages) {
  const Cpu before = rig.CpuSoFar();
  const absl::Time begin = absl::Now();
  std::vector<absl::Status> outcomes(writers.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < writers.size(); ++i)
    threads.emplace_back([&, i] { outcomes[i] = writers[i]->Run(); });
  absl::Status carried = bus == nullptr ? absl::OkStatus() : bus->Carry(messages);
  for (std::thread& thread : threads) thread.join();
  outcomes.push_back(carried);
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) return outcome;
  }
  return Floor{absl::ToDoubleSeconds(absl::Now() - begin), rig.CpuSoFar() - before};
}

}  // namespace

absl::StatusOr<Mark> MarkNow(Rig& rig) {
  auto db = rig.Admin();
  if (!db.ok()) return db.status();
  auto moment = Now(**db);
  if (!moment.ok()) return moment.status();
  auto message = NewestMessage(rig.stack().Address("nats"));
  if (!message.ok()) return message.status();
  return Mark{*std::move(moment), *message};
}

absl::StatusOr<Work> WorkSince(Rig& rig, const Mark& mark) {
  auto db = rig.Admin();
  if (!db.ok()) return db.status();
  auto changes = ChangesSince(**db, mark.moment, {"pairing", "alerts", "reporting"});
  if (!changes.ok()) return changes.status();
  auto messages = MessagesSince(rig.stack().Address("nats"), mark.message);
  if (!messages.ok()) return messages.status();
  return Work{*std::move(changes), *std::move(messages)};
}

absl::StatusOr<Floor> RunFloor(Rig& rig, const Work& work, const FloorOptions& options) {
  auto db = rig.Admin();
  if (!db.ok()) return db.status();
  Copies copies(**db);
  if (absl::Status made = copies.Make(work.changes); !made.ok()) return made;
  auto writers = Writers(rig, work, copies, options);
  if (!writers.ok()) return writers.status();
  std::optional<BareBus> bus;
  if (options.bus) {
    auto opened = BareBus::Open(rig.stack().Address("nats"));
    if (!opened.ok()) return opened.status();
    bus.emplace(*std::move(opened));
  }
  auto floor = Measure(rig, *writers, bus.has_value() ? &*bus : nullptr, work.messages);
  if (!floor.ok()) return floor;
  if (absl::Status gone = (*db)->Script("DROP SCHEMA floor CASCADE"); !gone.ok()) return gone;
  return floor;
}

}  // namespace tonghu::bench
