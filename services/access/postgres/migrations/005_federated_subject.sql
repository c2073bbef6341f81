-- Who may sign in to an account by an identity provider; empty: nobody. A subject belongs to one account of the province.
ALTER TABLE account ADD COLUMN issuer text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN subject text COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE subject <> '';
