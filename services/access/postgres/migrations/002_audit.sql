-- Who read or changed which child's file, as the services' journals say: producer, shard and seq are the event's place there. action: a
-- tonghu.access.v1.AuditAction. A live stream names no child: child_id is then the UUID of zeros. Can be made anew from the journals.
CREATE TABLE audit_entry (
  county text COLLATE "C" NOT NULL,
  time timestamptz NOT NULL,
  producer text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  seq bigint NOT NULL,
  child_id uuid NOT NULL,
  action smallint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  what text NOT NULL,
  purpose text NOT NULL,
  address text NOT NULL,
  PRIMARY KEY (county, time, producer, seq, child_id)
);
CREATE INDEX audit_entry_child ON audit_entry (child_id, time);
CREATE INDEX audit_entry_actor ON audit_entry (actor, time);

-- The heads of the journals' chains, signed every day (proto tonghu.access.v1.SignedHead). Kept for ever.
CREATE TABLE signed_head (
  producer text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  sign_time timestamptz NOT NULL,
  signature bytea NOT NULL,
  key_id text NOT NULL,
  PRIMARY KEY (sign_time, producer, shard)
);
CREATE INDEX signed_head_newest ON signed_head (producer, shard, sign_time);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, signed_head FROM CURRENT_USER;
