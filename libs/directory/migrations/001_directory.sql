-- The registry's directory as it last said, in the schema of a service that reads it. A script of that service's own may add indexes. Ids of
-- children are UUIDs; those of schools, staff and posts are codes, numbers and names, which compare as bytes.

CREATE TABLE school (
  county text COLLATE "C" NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  township_code text NOT NULL,
  PRIMARY KEY (county, school_id)
);

-- school_id: where they work; '': at none, or not known. sex: a tonghu.registry.v1.Sex.
CREATE TABLE staff (
  county text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  display_name text NOT NULL,
  school_id text COLLATE "C" NOT NULL DEFAULT '',
  sex smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (county, staff_id)
);

-- kind: a tonghu.registry.v1.PostKind. School, grade and class are what it answers for, as far as its kind has them. An empty id: nobody.
CREATE TABLE post (
  county text COLLATE "C" NOT NULL,
  post_id text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  holder_id text COLLATE "C" NOT NULL,
  holder_name text NOT NULL,
  deputy_id text COLLATE "C" NOT NULL,
  deputy_name text NOT NULL,
  PRIMARY KEY (county, post_id)
);
CREATE UNIQUE INDEX post_class ON post (county, school_id, grade, class_number) WHERE kind = 1;

-- The posts of class teachers, by class.
CREATE VIEW class_teacher AS
SELECT county, post_id, school_id, grade, class_number, holder_id FROM post WHERE kind = 1;

-- Where a child is in school, and what of the child matters for who looks after it. care_level: a tonghu.registry.v1.CareLevel;
-- guardianship: a tonghu.registry.v1.GuardianshipType; sex: a tonghu.registry.v1.Sex.
CREATE TABLE child (
  county text COLLATE "C" NOT NULL,
  child_id uuid NOT NULL,
  school_id text COLLATE "C" NOT NULL,
  township_code text NOT NULL,
  grade smallint NOT NULL,
  class_number smallint NOT NULL,
  care_level smallint NOT NULL DEFAULT 0,
  guardianship smallint NOT NULL DEFAULT 0,
  sex smallint NOT NULL DEFAULT 0,
  boarding boolean NOT NULL DEFAULT false,
  PRIMARY KEY (child_id, county)
);
