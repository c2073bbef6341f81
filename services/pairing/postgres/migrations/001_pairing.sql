-- Pairings, what they owe, and what was done.

-- Where a child is in school, as the registry last said (child_put).
CREATE TABLE child (
  county text NOT NULL,
  child_id text NOT NULL,
  school_id text NOT NULL,
  township_code text NOT NULL,
  grade integer NOT NULL,
  class_number integer NOT NULL,
  PRIMARY KEY (county, child_id)
);
CREATE INDEX child_school ON child (county, school_id);

-- Staff, as the registry last said (staff_put).
CREATE TABLE staff (county text NOT NULL, staff_id text NOT NULL, PRIMARY KEY (county, staff_id));

-- A school's calendar, in libs/calendar's text form.
CREATE TABLE school_calendar (county text NOT NULL, school_id text NOT NULL, calendar text NOT NULL, PRIMARY KEY (county, school_id));

CREATE TABLE talk_policy (
  county text PRIMARY KEY,
  version integer NOT NULL,
  report_grace_seconds bigint NOT NULL,
  late_report_after_seconds bigint NOT NULL
);

-- `make_time`: when duties for further weeks are to be made; infinity: no calendar reaches further.
CREATE TABLE pairing (
  county text NOT NULL,
  pairing_id text NOT NULL,
  shard integer NOT NULL,
  child_id text NOT NULL,
  helper_id text NOT NULL,
  role smallint NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz,
  end_reason smallint NOT NULL DEFAULT 0,
  make_time timestamptz NOT NULL,
  PRIMARY KEY (county, pairing_id)
);
CREATE UNIQUE INDEX pairing_active ON pairing (county, child_id, helper_id) WHERE end_time IS NULL;
CREATE INDEX pairing_child ON pairing (county, child_id);
CREATE INDEX pairing_helper ON pairing (county, helper_id);
CREATE INDEX pairing_make ON pairing (shard, make_time) WHERE end_time IS NULL;

-- state: tonghu.pairing.v1.DutyState. `former_helper_id`: who owed it before a hand-over; what they did still counts.
CREATE TABLE duty (
  county text NOT NULL,
  duty_id text NOT NULL,
  shard integer NOT NULL,
  pairing_id text NOT NULL,
  child_id text NOT NULL,
  helper_id text NOT NULL,
  former_helper_id text NOT NULL DEFAULT '',
  kind smallint NOT NULL,
  state smallint NOT NULL,
  window_start timestamptz NOT NULL,
  window_end timestamptz NOT NULL,
  due_time timestamptz NOT NULL,
  contact_id text NOT NULL DEFAULT '',
  reported_late boolean NOT NULL DEFAULT false,
  excuse text NOT NULL DEFAULT '',
  PRIMARY KEY (county, duty_id)
);
CREATE INDEX duty_due ON duty (shard, due_time) WHERE state = 1;
CREATE INDEX duty_owed ON duty (county, child_id) WHERE state IN (1, 3);
-- One duty a helper and week, also after a hand-over.
CREATE UNIQUE INDEX duty_week ON duty (county, child_id, helper_id, window_start);

CREATE TABLE contact (
  county text NOT NULL,
  contact_id text NOT NULL,
  child_id text NOT NULL,
  helper_id text NOT NULL,
  kind smallint NOT NULL,
  happen_time timestamptz NOT NULL,
  report_time timestamptz NOT NULL,
  note text NOT NULL,
  closed_duty_id text NOT NULL,
  PRIMARY KEY (county, contact_id)
);
CREATE INDEX contact_child ON contact (county, child_id, happen_time);
