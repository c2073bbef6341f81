-- What a system administrator made of the account waits for a security administrator: until then the account has no rights.
ALTER TABLE account ADD COLUMN pending boolean NOT NULL DEFAULT false;
