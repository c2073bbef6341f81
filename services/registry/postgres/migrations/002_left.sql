-- Whether the member has left.
ALTER TABLE staff ADD COLUMN has_left boolean NOT NULL DEFAULT false;
