-- Figures, added up as facts arrive.

-- One row a school and week: a batch of thousands of contacts changes a few rows. A school that moved to another
-- township has a row in each. Only counts change, so updates stay in their page (HOT) where it has room.
CREATE TABLE weekly_count (
  county text NOT NULL,
  school_id text NOT NULL,
  monday date NOT NULL,
  township_code text NOT NULL,
  contacts bigint NOT NULL,
  done bigint NOT NULL,
  done_late_reported bigint NOT NULL,
  excused bigint NOT NULL,
  missed bigint NOT NULL,
  done_late bigint NOT NULL,
  alerts_raised bigint NOT NULL,
  alerts_acknowledged bigint NOT NULL,
  alerts_resolved bigint NOT NULL,
  pairings bigint NOT NULL,
  contacts_doubtful bigint NOT NULL,
  done_doubtful bigint NOT NULL,
  PRIMARY KEY (county, school_id, monday, township_code)
) WITH (fillfactor = 50);
