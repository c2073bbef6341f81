// What tests of the journal share: an empty journal in a real PostgreSQL.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/journal/event_handler.h"
#include "libs/journal/migrations.h"
#include "libs/postgres/pool.h"
#include "tests/harness/eventually.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::harness {

// Each test starts with the tables of the journal and `said`, all empty. A shard's head and lease exist.
class JournalTest : public PostgresTest {
 protected:
  static constexpr int kShards = 4;

  void SetUp() override {
    pool_ = std::make_unique<postgres::Pool>(Conninfo(), 16);
    auto connection = pool_->Acquire(absl::Seconds(5));
    ASSERT_TRUE(connection.ok()) << connection.status();
    postgres::Connection& db = **connection;
    const absl::Status emptied = db.Script(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = "
        "current_schema() LOOP "
        "EXECUTE 'DROP TABLE ' || quote_ident(t); END LOOP; END $$");
    ASSERT_TRUE(emptied.ok()) << emptied;
    ASSERT_TRUE(postgres::Migrate(db, journal::Migrations()).ok());
    const std::string shards = absl::StrCat("SELECT n FROM generate_series(0, ", kShards - 1, ") n");
    ASSERT_TRUE(db.Script("CREATE TABLE said (county text, word text CHECK (word <> 'poison'), nth bigint "
                          "GENERATED ALWAYS AS IDENTITY)")
                    .ok());
    ASSERT_TRUE(db.Script(absl::StrCat("INSERT INTO journal_head SELECT n, 0 FROM (", shards, ") s")).ok());
    ASSERT_TRUE(db.Script(absl::StrCat("INSERT INTO relay_cursor SELECT n, 0 FROM (", shards, ") s")).ok());
    ASSERT_TRUE(db.Script(absl::StrCat("INSERT INTO lease ", shards)).ok());
  }

  int64_t Count(const std::string& sql) {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto rows = (*connection)->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  absl::Status Execute(const std::string& sql) {
    auto connection = pool_->Acquire(absl::Seconds(5));
    return connection.ok() ? (*connection)->Script(sql) : connection.status();
  }

  clock::SystemClock clock_;
  ids::SeededSource ids_{7};
  std::unique_ptr<postgres::Pool> pool_;
};

// A word said by registry in county 520102, on shard 1.
inline journal::Event Said(int64_t seq, const std::string& key, const std::string& payload) {
  journal::Event event;
  event.producer = "registry";
  event.shard = 1;
  event.seq = seq;
  event.type = "said";
  event.county = "520102";
  event.key = key;
  event.payload = payload;
  return event;
}

// Handles such events by storing their payload.
inline absl::Status StoreSaid(journal::ShardTransaction& transaction,
                              absl::Span<const journal::Event* const> events) {
  for (const journal::Event* event : events) {
    auto stored = transaction.db().Run("INSERT INTO said VALUES ($1, $2)",
                                       postgres::Params().Text(event->county).Text(event->payload));
    if (!stored.ok()) return stored.status();
  }
  return absl::OkStatus();
}

}  // namespace tonghu::harness
