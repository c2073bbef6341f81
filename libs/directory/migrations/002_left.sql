-- Staff who have left; `staff` has those who have not. No name is kept: what is to be known here is that nobody may count on them.
CREATE TABLE left_staff (
  county text COLLATE "C" NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (county, staff_id)
);
