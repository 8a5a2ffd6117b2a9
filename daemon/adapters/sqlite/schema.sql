-- SPDX-License-Identifier: Apache-2.0
-- The journal's schema, step 1. Embedded into the binary; later steps get files of their own.
--
-- `checksum` is the first 64 bits of SHA-256 over the row's other columns (rows.h). `tally` is the
-- exclusive or of all checksums of `memory`, `intent` and `ledger`, so that a row that a damaged
-- page hides is missed. SQLite has no operator for it: (a | b) & ~(a & b).

PRAGMA application_id = 1380994131;

CREATE TABLE journal (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  identity   TEXT NOT NULL,     -- Drawn once per file.
  recovering TEXT NOT NULL,     -- Why, until `end_recovery`; empty where nothing is wrong.
  checksum   INTEGER NOT NULL,  -- Of the two columns above and of user_version.
  commits    INTEGER NOT NULL,  -- Goes up with every transaction: the high-water mark. 0: new.
  tally      INTEGER NOT NULL
);
INSERT INTO journal VALUES (1, lower(hex(randomblob(16))), '', 0, 0, 0);

-- What is remembered of a Worker: one row per generation, version and pin, and one for the rest.
-- The account's own row has no Worker.
CREATE TABLE memory (
  worker   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  key      TEXT NOT NULL,
  body     TEXT NOT NULL,  -- JSON
  checksum INTEGER NOT NULL,
  PRIMARY KEY (worker, kind, key)
);

CREATE TABLE intent (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  worker   TEXT NOT NULL,
  body     TEXT NOT NULL,  -- JSON
  outcome  TEXT,           -- JSON; null while the intent is open.
  checksum INTEGER NOT NULL
);
CREATE INDEX intent_open ON intent (worker) WHERE outcome IS NULL;

CREATE TABLE ledger (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  worker   TEXT NOT NULL,
  version  TEXT NOT NULL,  -- Empty where the entry is about none.
  body     TEXT NOT NULL,  -- JSON
  checksum INTEGER NOT NULL
);
CREATE INDEX ledger_worker ON ledger (worker, version, id);

CREATE TRIGGER memory_insert AFTER INSERT ON memory BEGIN
  UPDATE journal SET tally = (tally | new.checksum) & ~(tally & new.checksum);
END;
CREATE TRIGGER memory_delete AFTER DELETE ON memory BEGIN
  UPDATE journal SET tally = (tally | old.checksum) & ~(tally & old.checksum);
END;
CREATE TRIGGER memory_update AFTER UPDATE ON memory BEGIN
  UPDATE journal SET tally = (tally | old.checksum) & ~(tally & old.checksum);
  UPDATE journal SET tally = (tally | new.checksum) & ~(tally & new.checksum);
END;
CREATE TRIGGER intent_insert AFTER INSERT ON intent BEGIN
  UPDATE journal SET tally = (tally | new.checksum) & ~(tally & new.checksum);
END;
CREATE TRIGGER intent_delete AFTER DELETE ON intent BEGIN
  UPDATE journal SET tally = (tally | old.checksum) & ~(tally & old.checksum);
END;
CREATE TRIGGER intent_update AFTER UPDATE ON intent BEGIN
  UPDATE journal SET tally = (tally | old.checksum) & ~(tally & old.checksum);
  UPDATE journal SET tally = (tally | new.checksum) & ~(tally & new.checksum);
END;
CREATE TRIGGER ledger_insert AFTER INSERT ON ledger BEGIN
  UPDATE journal SET tally = (tally | new.checksum) & ~(tally & new.checksum);
END;
CREATE TRIGGER ledger_delete AFTER DELETE ON ledger BEGIN
  UPDATE journal SET tally = (tally | old.checksum) & ~(tally & old.checksum);
END;
