-- Alerts, what raises them, and who is told. Days are counted from 1970-01-01; levels, kinds and states are numbers of tonghu.alerts.v1.
-- Ids of alerts, children and duties are UUIDs; those of schools, staff and posts are codes, numbers and names, which compare as bytes.

-- What a county set instead of the built-in policy (version 0). `doc` is a serialized tonghu.alerts.stored.v1.Policy.
CREATE TABLE escalation_policy (
  county text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  version integer NOT NULL,
  doc bytea NOT NULL,
  put_time timestamptz NOT NULL,
  PRIMARY KEY (county, kind, version)
);

-- `entries` is a serialized tonghu.alerts.stored.v1.Entries: appending bytes appends entries, so an alert is one row whatever happens to it. Unset times
-- are NULL.
CREATE TABLE alert (
  county text COLLATE "C" NOT NULL,
  alert_id uuid NOT NULL,
  shard smallint NOT NULL,
  kind smallint NOT NULL,
  state smallint NOT NULL,
  child_id uuid,  -- NULL: about a school
  helper_id text NOT NULL,
  duty_id uuid,
  duty_kind smallint NOT NULL,  -- tonghu.pairing.v1.DutyKind; 0 where no duty was missed
  day integer NOT NULL,  -- the first day of the missed duty's window, the morning of which no attendance was sent, a whisper box's or letter's day, the first one without a term; else 0
  last_day integer NOT NULL,  -- the last day of the missed duty's window, or for a letter's answer; else 0
  school_id text NOT NULL,
  township_code text NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  level smallint NOT NULL,
  next_step smallint NOT NULL,
  next_step_time timestamptz,
  policy_version integer NOT NULL,
  raise_time timestamptz NOT NULL,
  acknowledge_time timestamptz,
  acknowledged_by text NOT NULL,
  resolve_time timestamptz,
  resolution text NOT NULL,
  occurrences integer NOT NULL,
  generation bigint NOT NULL,
  entries bytea NOT NULL,
  PRIMARY KEY (county, alert_id),
  CHECK ((state = 3) = (next_step_time IS NULL))  -- an alert climbs until it is resolved
);
CREATE INDEX alert_due ON alert (shard, next_step_time) WHERE state <> 3;
CREATE INDEX alert_child ON alert (child_id, county) WHERE child_id IS NOT NULL;
CREATE INDEX alert_school ON alert (school_id, county) WHERE child_id IS NULL AND state <> 3;

-- What an alert for the operators is about. `subject` is "quarantine/<service>/<key>", "waits/<service>/<producer>" or "clock/<replica>"; at most
-- one alert of a subject is not resolved. `notice` is the first operator_notice as it came, `notices` how many there were.
CREATE TABLE operator_case (
  county text COLLATE "C" NOT NULL,
  alert_id uuid NOT NULL,
  subject text COLLATE "C" NOT NULL,
  notice bytea NOT NULL,
  notices bigint NOT NULL,
  PRIMARY KEY (county, alert_id)
);
CREATE INDEX operator_case_subject ON operator_case (county, subject);

-- What was reported in a sudden event; the alert says what came of it.
CREATE TABLE emergency (
  county text COLLATE "C" NOT NULL,
  alert_id uuid NOT NULL,
  kind smallint NOT NULL,
  description text NOT NULL,
  reporter_id text NOT NULL,
  happen_time timestamptz NOT NULL,
  PRIMARY KEY (county, alert_id)
);

-- Mornings absent. `alert_id` is the alert that the morning belongs to, NULL when there was leave from the beginning.
CREATE TABLE absence (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  day integer NOT NULL,
  with_leave boolean NOT NULL,
  alert_id uuid,
  school_closed boolean NOT NULL,  -- no school day after all
  report_time timestamptz NOT NULL,
  school_id text COLLATE "C" NOT NULL,  -- the child's at that time
  PRIMARY KEY (county, child_id, day)
);
CREATE INDEX absence_day ON absence (county, day, child_id);  -- a county's list
CREATE INDEX absence_school ON absence (county, school_id, day) WHERE alert_id IS NOT NULL;

-- Contacts that say that something has to be looked into. `concerns`: bit n stands for the tonghu.pairing.v1.Concern n. `version`: of the contact, as
-- far as it is known here. `alert_id` is the alert that the contact raised or was added to, last. `of_letter`: a letter from a whisper box, of which
-- `contact_id` is the id; `child_id` is NULL for an unsigned one.
CREATE TABLE concern (
  county text COLLATE "C" NOT NULL,
  contact_id uuid NOT NULL,
  child_id uuid,
  helper_id text NOT NULL,
  happen_time timestamptz NOT NULL,
  concerns smallint NOT NULL,
  version integer NOT NULL,
  withdrawn boolean NOT NULL,
  alert_id uuid NOT NULL,
  of_letter boolean NOT NULL,
  PRIMARY KEY (county, contact_id)
);
CREATE INDEX concern_alert ON concern (alert_id, county);

-- The terms of schools. `days` has a character for each day from first_day to last_day: 1 for a school day, else 0.
CREATE TABLE school_term (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  term text COLLATE "C" NOT NULL,
  first_day integer NOT NULL,
  last_day integer NOT NULL,
  days text NOT NULL,
  PRIMARY KEY (county, school_id, term)
);

-- Mornings whose attendance is awaited. state: 1 open, 2 sent, 3 missing, 4 no school day any more. `term`: whose calendar awaits it; empty: sent
-- without being awaited. `alert_id`: the last alert that it was missing, or NULL.
CREATE TABLE attendance_due (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  day integer NOT NULL,
  shard smallint NOT NULL,
  due_time timestamptz NOT NULL,
  state smallint NOT NULL,
  term text COLLATE "C" NOT NULL,
  alert_id uuid,
  PRIMARY KEY (county, school_id, day)
);
CREATE INDEX attendance_due_open ON attendance_due (shard, due_time) WHERE state = 1;

-- The outbox. rank 0 (emergencies) goes before rank 1. purpose: 1 told, 2 resolved. state: 1 pending, 2 sent, 3 failed, 4 not taken,
-- 5 withdrawn. The id begins with the alert's and is the webhook-id. While it is being posted `claimed_by` is the life of the sender that has
-- it, and claim_time the database's time of that; else 0.
CREATE TABLE notification (
  county text COLLATE "C" NOT NULL,
  notification_id text COLLATE "C" NOT NULL,
  alert_id uuid NOT NULL,
  kind smallint NOT NULL,
  purpose smallint NOT NULL,
  staff_id text NOT NULL,
  level smallint NOT NULL,
  channel text NOT NULL,
  rank smallint NOT NULL,
  state smallint NOT NULL,
  attempts integer NOT NULL,
  make_time timestamptz NOT NULL,
  next_attempt_time timestamptz,
  send_time timestamptz,
  last_error text NOT NULL,
  claimed_by integer NOT NULL,
  claim_time timestamptz,
  PRIMARY KEY (county, notification_id)
);
CREATE INDEX notification_pending ON notification (rank, next_attempt_time) WHERE state = 1;

-- A number for each connection of a sender, from when it is made.
CREATE SEQUENCE sender_life AS integer CYCLE;
