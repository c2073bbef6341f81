-- The children and the directory of each county. Ids are bytes to us: "C" keeps pages in the same order on every machine.

CREATE TABLE school (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  display_name text NOT NULL,
  township_code text COLLATE "C" NOT NULL,
  PRIMARY KEY (county, school_id)
);

CREATE TABLE staff (
  county text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  display_name text NOT NULL,
  phone text NOT NULL,
  school_id text COLLATE "C" NOT NULL,      -- '': at none, or not known
  sex smallint NOT NULL,                    -- 0: not known
  PRIMARY KEY (county, staff_id)
);

CREATE TABLE post (
  county text COLLATE "C" NOT NULL,
  post_id text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  school_id text COLLATE "C" NOT NULL,      -- '' where the kind has none
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  township_code text COLLATE "C" NOT NULL,
  holder_id text COLLATE "C" NOT NULL,      -- '': vacant
  deputy_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (county, post_id)
);
-- Whose name a post's event carries.
CREATE INDEX post_holder ON post (county, holder_id) WHERE holder_id <> '';
CREATE INDEX post_deputy ON post (county, deputy_id) WHERE deputy_id <> '';

CREATE TABLE child (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  revision bigint NOT NULL,
  display_name text COLLATE "C" NOT NULL,
  sex smallint NOT NULL,
  birth_date date NOT NULL,
  identity_number text COLLATE "C" NOT NULL,  -- '': not yet issued
  ethnic_group text NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  boarding boolean NOT NULL,
  guardianship_type smallint NOT NULL,
  care_level smallint NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  PRIMARY KEY (county, child_id)
);
CREATE UNIQUE INDEX child_identity ON child (county, identity_number) WHERE identity_number <> '';
-- Lists of a school or class, and children of a class by name when a roster has no identity number.
CREATE INDEX child_class ON child (county, school_id, grade, class_number, display_name);
-- Children of a county whose names begin alike.
CREATE INDEX child_name ON child (county, display_name);

CREATE TABLE relative (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  position smallint NOT NULL,                 -- 0: guardian in place; 1, 2, …: parents in order
  display_name text NOT NULL,
  relation text NOT NULL,
  phone text NOT NULL,
  workplace text NOT NULL,
  PRIMARY KEY (county, child_id, position)
);
