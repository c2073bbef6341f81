-- Pairings, what they owe, and what was done. Ids of children, pairings, lines, duties and contacts are UUIDs; those of schools and staff are
-- their own codes and numbers. Text keys compare as bytes.

-- Ends a transaction that changed other rows than it decided about; it is then done again (class 40).
CREATE FUNCTION expect_rows(changed bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changed <> expected THEN
    RAISE EXCEPTION '% rows instead of %', changed, expected USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- Children of a class are looked for by it (tables of libs/directory: child, school, staff, post).
CREATE INDEX child_class ON child (county, school_id, grade, class_number);

-- A school's calendar for one term, in libs/calendar's text form. Days are counted from 1970-01-01; no two terms of a school have one in common.
CREATE TABLE school_calendar (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  term text NOT NULL,
  first_day integer NOT NULL,
  last_day integer NOT NULL,
  calendar text NOT NULL,
  origin smallint NOT NULL DEFAULT 1,
  PRIMARY KEY (county, school_id, term)
);

-- What a county, or for '000000' the province, says of a term for the schools that have no calendar of their own for it.
CREATE TABLE county_calendar (
  county text COLLATE "C" NOT NULL,
  term text NOT NULL,
  first_day integer NOT NULL,
  last_day integer NOT NULL,
  calendar text NOT NULL,
  PRIMARY KEY (county, term)
);

-- Each known school. One with fewer looks than puts has yet to be compared with the calendars of its county and the province.
CREATE TABLE calendar_follower (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  since timestamptz NOT NULL,
  puts integer NOT NULL DEFAULT 1,
  looks integer NOT NULL DEFAULT 0,
  PRIMARY KEY (county, school_id)
);
CREATE INDEX calendar_follower_by_since ON calendar_follower (shard, since) WHERE looks < puts;

-- What a county, or for '000000' the province, says about a kind of duty (a tonghu.pairing.v1.DutyKind), version by version: for all its children, or, as a refinement, for
-- those of a school (else empty), of a care level (a tonghu.registry.v1.CareLevel, else 0), of a guardianship (a
-- tonghu.registry.v1.GuardianshipType, else 0), or of several at once. `withdrawn`: a policy that ends.
-- `period`: a tonghu.pairing.v1.CadencePeriod. `festivals`: bit n stands for the tonghu.pairing.v1.Festival n. `owed_by`: bit n stands for the tonghu.pairing.v1.PairingRole n. `fulfilled_by`: bit n stands for the
-- tonghu.pairing.v1.ContactKind n; of a refinement nobody reads it. Days are counted from 1970-01-01.
CREATE TABLE duty_policy (
  county text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  care_level smallint NOT NULL,
  guardianship smallint NOT NULL,
  version integer NOT NULL,
  withdrawn boolean NOT NULL,
  effective_from integer NOT NULL,
  period smallint NOT NULL,
  every smallint NOT NULL,
  times smallint NOT NULL,
  festivals integer NOT NULL DEFAULT 0,
  days smallint NOT NULL DEFAULT 0,
  owed_by integer NOT NULL,
  fulfilled_by integer NOT NULL,
  report_grace_seconds bigint NOT NULL,
  late_report_after_seconds bigint NOT NULL,
  PRIMARY KEY (county, kind, school_id, care_level, guardianship, version)
);

-- Counties of which all pairings are planned again, since a policy was put. `after`: the last pairing that was planned, in the order of ids. `puts`:
-- how often one was put since the row is there.
CREATE TABLE replanning (
  county text COLLATE "C" PRIMARY KEY,
  shard integer NOT NULL,
  since timestamptz NOT NULL,
  after uuid,
  puts integer NOT NULL DEFAULT 0
);

-- With how many children a helper may be paired in a role (a tonghu.pairing.v1.PairingRole), as the county says. `school_id`: for whose staff; '': of
-- the whole county.
CREATE TABLE load_limit (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  role smallint NOT NULL,
  most integer NOT NULL,
  PRIMARY KEY (county, school_id, role)
);

-- Days on which schools are closed: a school, a township's schools, or, with both empty, the county's. Days are counted from 1970-01-01.
CREATE TABLE closure (
  county text COLLATE "C" NOT NULL,
  closure_id uuid NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  township_code text COLLATE "C" NOT NULL,
  first_day integer NOT NULL,
  last_day integer NOT NULL,
  reason text NOT NULL,
  create_time timestamptz NOT NULL,
  PRIMARY KEY (county, closure_id)
);
CREATE UNIQUE INDEX closure_once ON closure (county, school_id, township_code, first_day, last_day);

-- Closures that were announced or withdrawn and whose duties do not all follow yet. `after`: the last child that was looked at, in the order of
-- ids.
CREATE TABLE closing (
  county text COLLATE "C" NOT NULL,
  closure_id uuid NOT NULL,
  shard integer NOT NULL,
  since timestamptz NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  township_code text COLLATE "C" NOT NULL,
  first_day integer NOT NULL,
  last_day integer NOT NULL,
  after uuid,
  PRIMARY KEY (county, closure_id)
);

-- Where a child was until a day, counted from 1970-01-01, how much care it needed and who guarded it; the child's row in `child` says how it is
-- now. Rows of days more than two years ago are deleted when a further one comes.
CREATE TABLE former_standing (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  until_day integer NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  care_level smallint NOT NULL,
  guardianship smallint NOT NULL,
  PRIMARY KEY (child_id, until_day, county)
);

-- `line_id`: pairings that follow one another have one, the first one's id. `owed_from`: when the line began. `basis`: a
-- tonghu.pairing.v1.PairingBasis. `make_time`: when duties for further windows are to be made; infinity: no calendar reaches further.
CREATE TABLE pairing (
  county text COLLATE "C" NOT NULL,
  pairing_id uuid NOT NULL,
  shard integer NOT NULL,
  line_id uuid NOT NULL,
  child_id uuid NOT NULL,
  helper_id text COLLATE "C" NOT NULL,
  role smallint NOT NULL,
  basis smallint NOT NULL,
  owed_from timestamptz NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz,
  end_reason smallint NOT NULL DEFAULT 0,
  make_time timestamptz NOT NULL,
  PRIMARY KEY (county, pairing_id)
);
CREATE UNIQUE INDEX pairing_active ON pairing (child_id, helper_id, county) WHERE end_time IS NULL;
CREATE INDEX pairing_child ON pairing (child_id, helper_id, county);
CREATE INDEX pairing_helper ON pairing (helper_id, county);
CREATE INDEX pairing_make ON pairing (shard, make_time) WHERE end_time IS NULL;

-- What its pairing, the duty's kind (a tonghu.pairing.v1.DutyKind) and a window with school days make owed. `helper_id` and `paired_from` are the
-- pairing's: who, and from when its contacts count. The child's place stands here as long as `outcome` is 0, so that a contact finds its duty, and
-- judging what it says, in one lookup.
-- outcome: how it ended, a tonghu.pairing.v1.DutyState (done, excused, done late); 0 while it is owed. Whether one that is owed was missed says
-- `judged`; `was_missed` that one done or excused by now had been. `made_up`: the contact that closed it happened after its window. `by_end`: excused
-- because its pairing ended; the line's next pairing in that window owes it again. `by_closure`: excused by closures, and owed again without them.
-- `beat_excuse`: the contact that closed it beat an `excuse` by an officer or by closures, which counts again when the contact is taken back.
-- `reopened`: how often a changed contact has turned it missed.
CREATE TABLE duty (
  county text COLLATE "C" NOT NULL,
  duty_id uuid NOT NULL,
  shard integer NOT NULL,
  line_id uuid NOT NULL,
  pairing_id uuid NOT NULL,
  child_id uuid NOT NULL,
  helper_id text COLLATE "C" NOT NULL,
  paired_from timestamptz NOT NULL,
  kind smallint NOT NULL,
  outcome smallint NOT NULL DEFAULT 0,
  window_start timestamptz NOT NULL,
  window_end timestamptz NOT NULL,
  due_time timestamptz NOT NULL,
  contact_id uuid,
  school_id text COLLATE "C" NOT NULL,
  township_code text NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  reported_late boolean NOT NULL DEFAULT false,
  made_up boolean NOT NULL DEFAULT false,
  was_missed boolean NOT NULL DEFAULT false,
  by_end boolean NOT NULL DEFAULT false,
  by_closure boolean NOT NULL DEFAULT false,
  beat_excuse boolean NOT NULL DEFAULT false,
  reopened smallint NOT NULL DEFAULT 0,
  excuse text NOT NULL DEFAULT '',
  PRIMARY KEY (county, duty_id)
) WITH (fillfactor = 50);
-- No index knows the outcome: then closing a duty writes none of them. duty_list is for a county's list by date.
CREATE INDEX duty_due ON duty (shard, due_time, duty_id);
CREATE INDEX duty_list ON duty (county, window_end, window_start);
-- A child's duties of the windows that have a time.
CREATE INDEX duty_window ON duty (child_id, window_end, window_start, kind);
-- The duties that closures excuse, which are few, by the place at which they were excused.
CREATE INDEX duty_closed ON duty (county, school_id, child_id) WHERE by_closure;

-- How far a shard's duties are judged, in the order of duty_due: one still owed up to here was missed. Judging moves this row and leaves the
-- duties alone (docs/adr/2026-11-21-judging-moves-a-mark.md).
CREATE TABLE judged (shard integer PRIMARY KEY, due_time timestamptz NOT NULL, duty_id uuid NOT NULL) WITH (fillfactor = 50);

-- Duties as everybody but the judging sees them: `state` is a tonghu.pairing.v1.DutyState; `missed`: it was judged missed, whatever came after;
-- `tid`: where the row lies, for whoever holds the shard's lock.
CREATE VIEW judged_duty AS
SELECT d.*, d.ctid AS tid, CASE WHEN d.outcome <> 0 THEN d.outcome WHEN m.missed THEN 3 ELSE 1 END::smallint AS state,
       d.was_missed OR (d.outcome = 0 AND m.missed) AS missed
FROM duty d LEFT JOIN judged j ON j.shard = d.shard
CROSS JOIN LATERAL (SELECT coalesce((d.due_time, d.duty_id) <= (j.due_time, j.duty_id), false) AS missed) m;

-- The county's list goes through the key; ids are in the order of reports. A child's list, when the child was last spoken with, and whether a
-- request id was used for a contact with the child, go through the index. `request_id`: as the caller gave it; a repeat finds the contact by it. `mood`: a
-- tonghu.pairing.v1.Mood. `concerns`: bit n stands for the tonghu.pairing.v1.Concern n. `closed_duty_ids` and `together_with`
-- (staff numbers of others who took part): in order, apart by blanks. `group_id`: what contacts recorded together for several children share. A withdrawn contact counts for
-- nothing; its row stays, so that a repeat of its request does not record it again.
CREATE TABLE contact (
  county text COLLATE "C" NOT NULL,
  contact_id uuid NOT NULL,
  child_id uuid NOT NULL,
  helper_id text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  happen_time timestamptz NOT NULL,
  report_time timestamptz NOT NULL,
  note text NOT NULL,
  closed_duty_ids text NOT NULL,
  request_id uuid,
  mood smallint NOT NULL,
  concerns smallint NOT NULL,
  version smallint NOT NULL,
  withdrawn boolean NOT NULL,
  together_with text NOT NULL,
  group_id uuid,
  PRIMARY KEY (county, contact_id)
);
CREATE INDEX contact_child ON contact (child_id, happen_time, request_id);

-- What a contact said until it was corrected or withdrawn, and who did that when and why. `version` is the one that ended.
CREATE TABLE contact_version (
  county text COLLATE "C" NOT NULL,
  contact_id uuid NOT NULL,
  version smallint NOT NULL,
  kind smallint NOT NULL,
  happen_time timestamptz NOT NULL,
  note text NOT NULL,
  mood smallint NOT NULL,
  concerns smallint NOT NULL,
  together_with text NOT NULL,
  change_time timestamptz NOT NULL,
  changed_by text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (county, contact_id, version)
);

-- Whisper boxes, one a school. `weekday` (1: Monday to 5: Friday) counts for days from `weekday_from` on, `former_weekday` before. `judged_to`: the last
-- day of which it is decided whether the box was to be opened and was; `due_time`: when the next day is decided. Days are counted from 1970-01-01.
CREATE TABLE whisper_box (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  keeper_id text COLLATE "C" NOT NULL,
  weekday smallint NOT NULL,
  former_weekday smallint NOT NULL,
  weekday_from integer NOT NULL,
  answer_days integer NOT NULL,
  judged_to integer NOT NULL,
  due_time timestamptz NOT NULL,
  PRIMARY KEY (county, school_id)
);
CREATE INDEX whisper_box_due ON whisper_box (shard, due_time);

-- Openings of whisper boxes: those that were recorded, and those that were missed. state: a tonghu.pairing.v1.WhisperOpeningState. `missed`: it was
-- judged missed, whatever came after.
CREATE TABLE whisper_opening (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  day integer NOT NULL,
  state smallint NOT NULL,
  missed boolean NOT NULL,
  open_time timestamptz,
  report_time timestamptz,
  letters integer NOT NULL,
  keeper_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (county, school_id, day)
);

-- Letters from whisper boxes. `child_id`: NULL when unsigned. `text` and `answer` are for the keeper alone. `mood` and `concerns` as in `contact`.
-- `missed`: it was not answered by `due_time`.
CREATE TABLE whisper_letter (
  county text COLLATE "C" NOT NULL,
  letter_id uuid NOT NULL,
  shard integer NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  child_id uuid,
  find_time timestamptz NOT NULL,
  due_time timestamptz NOT NULL,
  text text NOT NULL,
  mood smallint NOT NULL,
  concerns smallint NOT NULL,
  answer text NOT NULL,
  answered_by text COLLATE "C" NOT NULL,
  answer_time timestamptz,
  missed boolean NOT NULL,
  PRIMARY KEY (county, letter_id)
);
CREATE INDEX whisper_letter_school ON whisper_letter (county, school_id, letter_id);
CREATE INDEX whisper_letter_due ON whisper_letter (shard, due_time) WHERE answer_time IS NULL AND NOT missed;

-- What is missing for a child (0: somebody who looks after it; else a tonghu.pairing.v1.DutyKind of which it is asked and that nobody paired with
-- it owes), as it was found. `told`: the gap lasts longer than the county allows, and that was told; `tell_time`: when to tell so, or again.
CREATE TABLE coverage_gap (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  gap smallint NOT NULL,
  shard integer NOT NULL,
  since timestamptz NOT NULL,
  told boolean NOT NULL,
  tell_time timestamptz NOT NULL,
  PRIMARY KEY (child_id, gap, county)
);
CREATE INDEX coverage_due ON coverage_gap (shard, tell_time);

-- For how many days a county allows a gap. A county without a row: seven.
CREATE TABLE coverage_policy (county text COLLATE "C" PRIMARY KEY, most_days smallint NOT NULL);

-- Schools with children that lack a term, since that was found. `told`: that was told; `tell_time`: when to tell that, or to tell that again.
CREATE TABLE missing_term (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  since timestamptz NOT NULL,
  told boolean NOT NULL,
  tell_time timestamptz NOT NULL,
  PRIMARY KEY (county, school_id)
);

-- When the children of a county are looked through for gaps, and the last one that was looked at, by class.
CREATE TABLE coverage_look (
  county text COLLATE "C" PRIMARY KEY,
  shard integer NOT NULL,
  next_time timestamptz NOT NULL,
  school_id text COLLATE "C" NOT NULL DEFAULT '',
  grade smallint NOT NULL DEFAULT 0,
  class_number smallint NOT NULL DEFAULT 0,
  child_id uuid
);
CREATE INDEX coverage_look_next ON coverage_look (shard, next_time);

-- Doubtful contacts. `reasons`, and of them `dismissed`: bit n stands for the tonghu.pairing.v1.DoubtReason n. `version`: the contact's, when it was last
-- looked at. `done_days`: of a doubt that stands, the first days of the windows of the duties that the contact does, in order, apart by blanks,
-- as they were published; days are counted from 1970-01-01. The place is the child's when the doubt was published. A dismissed doubt whose
-- reasons are gone stays, so that it does not come back.
CREATE TABLE doubt (
  county text COLLATE "C" NOT NULL,
  contact_id uuid NOT NULL,
  child_id uuid NOT NULL,
  helper_id text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  happen_time timestamptz NOT NULL,
  report_time timestamptz NOT NULL,
  reasons smallint NOT NULL,
  dismissed smallint NOT NULL,
  version smallint NOT NULL,
  alike integer NOT NULL,
  find_time timestamptz NOT NULL,
  done_days text NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  township_code text NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  dismissed_by text COLLATE "C" NOT NULL,
  dismiss_reason text NOT NULL,
  dismiss_time timestamptz,
  PRIMARY KEY (county, contact_id)
);
CREATE INDEX doubt_helper ON doubt (county, helper_id, happen_time);

-- When a county's contacts are looked through for doubtful ones, up to when they were, and the last helper whose contacts were looked at.
CREATE TABLE doubt_look (
  county text COLLATE "C" PRIMARY KEY,
  shard integer NOT NULL,
  next_time timestamptz NOT NULL,
  looked_to timestamptz NOT NULL,
  helper_id text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX doubt_look_next ON doubt_look (shard, next_time);
