-- The journal of one service and its positions in others' (docs/ARCHITECTURE.md, "The journal").

-- How many shards the province was created with; fixed for ever.
CREATE TABLE journal_layout (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), shards integer NOT NULL);

-- One row a shard. Its lock is the shard's: whoever writes to a shard takes it first. `time` is that of the newest event, `hash` that of its
-- row, 32 zeros before the first. `fact_seq` is the newest event that is no `file_read`: what anybody's answer may depend on.
CREATE TABLE journal_head (
  shard integer PRIMARY KEY,
  seq bigint NOT NULL,
  time timestamptz,
  hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  fact_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Runs of events of one county and type. `seq` is the position of the last one, `payload` an EventRun (proto/tonghu/journal/v1/event.proto)
-- without its head, already as the bus carries it: not worth PostgreSQL's time to compress. `hash` chains the
-- rows of a shard (libs/chain).
CREATE TABLE journal (
  shard integer NOT NULL,
  seq bigint NOT NULL,
  events integer NOT NULL CHECK (events > 0),
  type text NOT NULL,
  county text NOT NULL,
  time timestamptz NOT NULL,
  payload bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (shard, seq)
);
ALTER TABLE journal ALTER COLUMN payload SET STORAGE EXTERNAL;
-- What is written stays: the service itself may only add and read.
REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM CURRENT_USER;

-- The newest event known to be on the bus.
CREATE TABLE relay_cursor (shard integer PRIMARY KEY, seq bigint NOT NULL) WITH (fillfactor = 50);

-- The newest event applied of each other journal. `waiting`: the next one keeps failing for a reason unknown, and the operators were told.
CREATE TABLE journal_cursor (
  producer text NOT NULL,
  shard integer NOT NULL,
  seq bigint NOT NULL,
  waiting boolean NOT NULL DEFAULT false,
  PRIMARY KEY (producer, shard)
) WITH (fillfactor = 50);

-- Events whose handling kept failing, and later ones of the same key.
CREATE TABLE quarantine (
  producer text NOT NULL,
  shard integer NOT NULL,
  seq bigint NOT NULL,
  type text NOT NULL,
  county text NOT NULL,
  key text NOT NULL,
  time timestamptz NOT NULL,
  payload bytea NOT NULL,
  actor text NOT NULL,
  error text NOT NULL,
  set_aside_time timestamptz NOT NULL,
  PRIMARY KEY (producer, shard, seq)
);
CREATE INDEX quarantine_key ON quarantine (shard, county, key);

-- Who works a shard (relay, consumer, sweep). `fence` counts changes of owner.
CREATE TABLE lease (
  shard integer PRIMARY KEY,
  owner text NOT NULL DEFAULT '',
  fence bigint NOT NULL DEFAULT 0,
  expire_time timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- Replicas alive, so that each takes its share of the shards.
CREATE TABLE replica (name text PRIMARY KEY, expire_time timestamptz NOT NULL);

-- Answers already given, by the caller's request id, or by one of this service's own where nothing else would tell whether the command was
-- decided.
CREATE TABLE request (
  county text NOT NULL,
  request_id uuid NOT NULL,
  body_hash bigint NOT NULL,
  reply bytea NOT NULL,
  time timestamptz NOT NULL,
  PRIMARY KEY (request_id, county)
);
CREATE INDEX request_time ON request USING brin (time);
