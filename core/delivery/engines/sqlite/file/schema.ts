import { claimText, NOBODY } from './claim.ts'

/** `timh` in ASCII. Marks a file as a database of timhook. */
export const APPLICATION_ID = 0x74_69_6d_68
/** The oldest version of the tables that can be migrated. Smaller ones were never released. */
export const OLDEST_VERSION = 6
/**
 * The steps from each version to the next, from OLDEST_VERSION on: SQL that runs in one transaction with the new number.
 * Add to the end, change SCHEMA to match, and change nothing that was released.
 */
export const MIGRATIONS: readonly string[] = []
/** The version of the tables. A larger one is from a newer timhook. */
export const SCHEMA_VERSION = OLDEST_VERSION + MIGRATIONS.length

/**
 * Triggers that keep the total bytes of one kind of rows in `shares`, by app or in one sum.
 * @param counts the condition for a row to count
 */
function counted(table: string, kind: string, app: string | undefined, counts: (row: string) => string): string {
  const trigger = (event: string, row: string, sign: string): string => `CREATE TRIGGER ${kind}_${event}
    AFTER ${event} ON ${table} WHEN ${counts(row)} BEGIN
    INSERT INTO shares VALUES ('${kind}', ${app ? `${row}.${app}` : 0}, ${sign}${row}.bytes)
      ON CONFLICT (kind, app) DO UPDATE SET bytes = bytes + excluded.bytes;
    END;`
  return `${trigger('INSERT', 'NEW', '')}\n${trigger('DELETE', 'OLD', '-')}`
}

/**
 * The tables.
 * - `blocks`: a block is written once and holds the callbacks of one tick, in order, so that a commit touches few pages.
 *   Its bodies come last, so that they are not read for the rest. All its callbacks are expendable, or none is, because
 *   expendable ones are deleted first.
 * - `names`: the names in the callbacks of a range of numbers, for searches; see names.ts. A crash leaves gaps,
 *   where a search reads the bodies.
 * - `singles`: pinned callbacks, each a block of one. They wait for a retry or are dead letters, and may outlive their
 *   block. Undelivered ones have an outcome, are in no block, and their app and bytes are counted.
 * - `cursors`, `done`, `pending`: what a plugin has not finished is either past its cursor and in no range of `done`, or
 *   has a row in `pending`. Ranges of a plugin never overlap.
 * - `held`: the attempt of a callback that waits in its turn.
 * - `holds`: plugins on hold, until a time if there is one.
 * - `tries`: one row for a suspect. n: its handler was called, and a crash would be the n-th. -n: it is suspended after n.
 */
export const SCHEMA = `
CREATE TABLE blocks (
  last INTEGER PRIMARY KEY, first INTEGER NOT NULL, received_at INTEGER NOT NULL, id TEXT NOT NULL,
  expendable INTEGER NOT NULL DEFAULT 0, sets TEXT NOT NULL, heads TEXT NOT NULL, bodies TEXT NOT NULL
);
CREATE TABLE names (last INTEGER PRIMARY KEY, first INTEGER NOT NULL, words BLOB NOT NULL);
CREATE INDEX blocks_expendable ON blocks (last) WHERE expendable = 1;
CREATE TABLE singles (
  seq INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, id TEXT NOT NULL, command TEXT NOT NULL,
  outcome TEXT, code INTEGER, failed INTEGER, error TEXT, app INTEGER, expendable INTEGER, bytes INTEGER,
  sets TEXT NOT NULL, heads TEXT NOT NULL, bodies TEXT NOT NULL
);
CREATE INDEX singles_undelivered ON singles (seq) WHERE outcome IS NOT NULL;
CREATE INDEX singles_expendable ON singles (seq) WHERE expendable = 1 AND outcome <> 'refused';
CREATE INDEX singles_refused ON singles (app, seq) WHERE outcome = 'refused';
CREATE TABLE resends (seq INTEGER PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE cursors (plugin TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE done (plugin TEXT, first INTEGER, last INTEGER NOT NULL, PRIMARY KEY (plugin, first)) WITHOUT ROWID;
CREATE TABLE pending (
  plugin TEXT, seq INTEGER, attempt INTEGER NOT NULL, due_at INTEGER NOT NULL, deferred_since INTEGER, error TEXT,
  PRIMARY KEY (plugin, seq)
) WITHOUT ROWID;
CREATE TABLE held (
  plugin TEXT, seq INTEGER, attempt INTEGER NOT NULL, due_at INTEGER NOT NULL, deferred_since INTEGER, error TEXT,
  PRIMARY KEY (plugin, seq)
) WITHOUT ROWID;
CREATE TABLE holds (plugin TEXT PRIMARY KEY, reason TEXT NOT NULL, until INTEGER) WITHOUT ROWID;
CREATE INDEX pending_due ON pending (plugin, due_at);
CREATE INDEX pending_seq ON pending (seq);
CREATE TABLE tries (plugin TEXT, seq INTEGER, n INTEGER NOT NULL, PRIMARY KEY (plugin, seq)) WITHOUT ROWID;
CREATE TABLE dead_letters (
  num INTEGER PRIMARY KEY, plugin TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, error TEXT NOT NULL, fault INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX dead_letters_seq ON dead_letters (seq);
CREATE INDEX dead_letters_fault ON dead_letters (num) WHERE fault = 1;
CREATE TABLE shares (kind TEXT, app INTEGER, bytes INTEGER NOT NULL, PRIMARY KEY (kind, app)) WITHOUT ROWID;
${counted('singles', 'refused', 'app', (row) => `${row}.outcome = 'refused'`)}
${counted(
  'dead_letters',
  'fault',
  undefined,
  (row) => `${row}.fault = 1 AND NOT EXISTS
  (SELECT 1 FROM dead_letters d WHERE d.seq = ${row}.seq AND d.fault = 1 AND d.num <> ${row}.num)`,
)}
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
