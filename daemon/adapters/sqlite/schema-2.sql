-- The journal's schema, step 2: the texts of retention policies, which outlive their files, so that
-- a policy can be compared with the one before it.

CREATE TABLE policy (
  hash     TEXT PRIMARY KEY,  -- SHA-256 of the text, as the policy's loader has it.
  text     TEXT NOT NULL,
  checksum INTEGER NOT NULL
);

CREATE TRIGGER policy_insert AFTER INSERT ON policy BEGIN
  UPDATE journal SET tally = (tally | new.checksum) & ~(tally & new.checksum);
END;
CREATE TRIGGER policy_delete AFTER DELETE ON policy BEGIN
  UPDATE journal SET tally = (tally | old.checksum) & ~(tally & old.checksum);
END;
