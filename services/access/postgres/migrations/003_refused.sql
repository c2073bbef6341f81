-- Refused attempts that followed each other within a minute are one row of the audit; of readings and changes `times` is 1.
ALTER TABLE audit_entry ADD COLUMN times bigint NOT NULL DEFAULT 1;
