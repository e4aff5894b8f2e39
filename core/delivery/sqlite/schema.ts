import { claimText, NOBODY } from './claim.ts'

/** `timh` in ASCII: what marks a file as ours. */
export const APPLICATION_ID = 0x74_69_6d_68
/** The version of the tables. A file with a larger one is of a newer timhook; smaller ones were never released. */
export const SCHEMA_VERSION = 3

/**
 * The tables. A block is written once and holds what came in one turn, in the order of numbers, so that a commit
 * touches few pages; its bodies come last, so that they are not read for the rest. What waits for a retry or is a dead
 * letter is in `singles` too, as a block of one, for it may outlive its block. Everything a plugin has not finished is either past its
 * cursor without a row in `done`, or has a row in `pending`.
 */
export const SCHEMA = `
CREATE TABLE blocks (
  last INTEGER PRIMARY KEY, first INTEGER NOT NULL, received_at INTEGER NOT NULL, id TEXT NOT NULL,
  sets TEXT NOT NULL, heads TEXT NOT NULL, bodies TEXT NOT NULL
);
CREATE TABLE singles (
  seq INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, id TEXT NOT NULL, command TEXT NOT NULL,
  sets TEXT NOT NULL, heads TEXT NOT NULL, bodies TEXT NOT NULL
);
CREATE TABLE resends (seq INTEGER PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE cursors (plugin TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE done (plugin TEXT, seq INTEGER, PRIMARY KEY (plugin, seq)) WITHOUT ROWID;
CREATE TABLE pending (
  plugin TEXT, seq INTEGER, attempt INTEGER NOT NULL, due_at INTEGER, chain TEXT, error TEXT,
  PRIMARY KEY (plugin, seq)
) WITHOUT ROWID;
CREATE INDEX pending_due ON pending (plugin, due_at) WHERE chain IS NULL;
CREATE INDEX pending_chain ON pending (plugin, chain, seq) WHERE chain IS NOT NULL;
CREATE INDEX pending_seq ON pending (seq);
CREATE TABLE tries (plugin TEXT, seq INTEGER, n INTEGER NOT NULL, PRIMARY KEY (plugin, seq)) WITHOUT ROWID;
CREATE TABLE dead_letters (
  num INTEGER PRIMARY KEY, plugin TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, error TEXT NOT NULL
);
CREATE INDEX dead_letters_seq ON dead_letters (seq);
CREATE TABLE kept (
  num INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, app INTEGER NOT NULL, signed INTEGER NOT NULL,
  id TEXT NOT NULL, command TEXT NOT NULL, outcome TEXT NOT NULL, code INTEGER NOT NULL, failed INTEGER NOT NULL,
  error TEXT, query TEXT NOT NULL, raw TEXT NOT NULL
);
CREATE TABLE requests (num INTEGER PRIMARY KEY, at INTEGER NOT NULL, request TEXT NOT NULL, result TEXT);
CREATE INDEX requests_open ON requests (num) WHERE result IS NULL;
CREATE TABLE kv (plugin TEXT, key TEXT, json TEXT NOT NULL, ends_at INTEGER, PRIMARY KEY (plugin, key)) WITHOUT ROWID;
CREATE TABLE leases (
  plugin TEXT, name TEXT, fence INTEGER NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY (plugin, name)
) WITHOUT ROWID;
CREATE TABLE records (
  num INTEGER PRIMARY KEY, plugin TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL
);
CREATE INDEX records_kind ON records (plugin, kind);
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE owner (one INTEGER PRIMARY KEY CHECK (one = 1), claim TEXT NOT NULL);
INSERT INTO owner VALUES (1, '${claimText(NOBODY)}');
`
