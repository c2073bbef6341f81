-- Accounts of people and programs. kind: a tonghu.access.v1.AccountKind. An empty text or bytea: there is none. `password` is a hash; of a first
-- password the vault's hash in hexadecimal digits. `factor` is the sealed secret of one-time codes. Raising `epoch` ends the account's sessions.
CREATE TABLE account (
  county text COLLATE "C" NOT NULL,
  account_id uuid NOT NULL,
  login text COLLATE "C" NOT NULL,
  display_name text NOT NULL,
  kind smallint NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  disabled boolean NOT NULL,
  epoch integer NOT NULL,
  password text NOT NULL,
  first_password boolean NOT NULL,
  password_time timestamptz NOT NULL,
  factor bytea NOT NULL,
  factor_confirmed boolean NOT NULL,
  last_step bigint NOT NULL,
  api_key bytea NOT NULL,
  create_time timestamptz NOT NULL,
  sign_in_time timestamptz,
  PRIMARY KEY (county, account_id)
);
CREATE UNIQUE INDEX account_login ON account (login);
CREATE UNIQUE INDEX account_staff ON account (county, staff_id) WHERE staff_id <> '';
CREATE UNIQUE INDEX account_api_key ON account (api_key) WHERE api_key <> '';

-- The passwords that an account had, by when they were set.
CREATE TABLE old_password (
  county text COLLATE "C" NOT NULL,
  account_id uuid NOT NULL,
  password_time timestamptz NOT NULL,
  password text NOT NULL,
  PRIMARY KEY (county, account_id, password_time)
);

-- The recovery codes that are left, as hashes.
CREATE TABLE recovery_code (
  county text COLLATE "C" NOT NULL,
  account_id uuid NOT NULL,
  code bytea NOT NULL,
  PRIMARY KEY (county, account_id, code)
);

-- Roles given beyond the posts, until their end. role: a tonghu.access.v1.Role; the columns after it are the area, of which an empty one, or 0,
-- does not narrow.
CREATE TABLE granted (
  county text COLLATE "C" NOT NULL,
  account_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  role smallint NOT NULL,
  area_county text NOT NULL,
  township_code text NOT NULL,
  school_id text NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  child_ids text NOT NULL,
  end_time timestamptz NOT NULL,
  reason text NOT NULL,
  author text NOT NULL,
  create_time timestamptz NOT NULL,
  PRIMARY KEY (county, account_id, grant_id)
);

-- Who opened which child's file without a right to it; kept for ever. ids are in the order of time.
CREATE TABLE glass_breaking (
  county text COLLATE "C" NOT NULL,
  breaking_id uuid NOT NULL,
  child_id uuid NOT NULL,
  actor text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  create_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  PRIMARY KEY (county, breaking_id)
);
CREATE INDEX glass_breaking_actor ON glass_breaking (actor, end_time);
CREATE INDEX glass_breaking_child ON glass_breaking (child_id, breaking_id);

-- Who helps which child, as pairing's events say.
CREATE TABLE helping (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  helper_id text COLLATE "C" NOT NULL,
  pairing_id uuid NOT NULL,
  PRIMARY KEY (county, child_id, helper_id)
);
CREATE INDEX helping_helper ON helping (county, helper_id);
CREATE INDEX helping_pairing ON helping (pairing_id);

-- Who keeps a school's whisper box, as pairing's events say. An empty staff_id: nobody.
CREATE TABLE whisper_keeper (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (county, school_id)
);
CREATE INDEX whisper_keeper_staff ON whisper_keeper (county, staff_id);

-- Of the directory: the posts that somebody holds or stands in for, and the province's office, of which the lowest county's counts.
CREATE INDEX post_holder ON post (county, holder_id);
CREATE INDEX post_deputy ON post (county, deputy_id) WHERE holder_id = '';
CREATE INDEX post_province ON post (county) WHERE kind = 5;
