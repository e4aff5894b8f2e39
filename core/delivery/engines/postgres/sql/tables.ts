/** Fixed once callbacks are stored: another number would move keys while their callbacks wait. */
const PARTITIONS = 32

/**
 * What the engine stores, besides the tables of the plugins' stores.
 *
 * - `partitions`: the last number of each. An append locks the row until the commit, so numbers have no gaps and are
 *   committed in their order.
 * - `callbacks`: what was received. Undelivered ones have an outcome, and a number below zero in partition 0.
 * - `cursors`: where a plugin stands in a partition, and who leases it. `done` has the ranges settled beyond that.
 *   COUNTS says how its backlog is counted.
 * - `states`: what is pending, held or a suspect. A callback in it is not deleted, nor is one with a dead letter.
 * - `members`: live processes and their plugins. Leases of a member end with it.
 */
export const TABLES = `
CREATE TABLE {schema}.partitions (n int PRIMARY KEY, tail bigint NOT NULL DEFAULT 0, bytes bigint NOT NULL DEFAULT 0)
  WITH (fillfactor = 50);
INSERT INTO {schema}.partitions (n) SELECT generate_series(0, ${PARTITIONS - 1});
CREATE SEQUENCE {schema}.undelivered;
CREATE TABLE {schema}.callbacks (
  partition int NOT NULL,
  seq bigint NOT NULL,
  received_at bigint NOT NULL,
  app bigint NOT NULL,
  resends int NOT NULL DEFAULT 0,
  signed bool NOT NULL,
  maybe_resend bool NOT NULL,
  expendable bool NOT NULL,
  failed bool,
  code int,
  id text COLLATE "C" NOT NULL,
  identity text COLLATE "C" NOT NULL,
  command text COLLATE "C" NOT NULL,
  outcome text,
  error text,
  key text,
  plugins jsonb NOT NULL,
  query text NOT NULL,
  raw text NOT NULL,
  PRIMARY KEY (partition, seq)
);
CREATE INDEX callbacks_by_id ON {schema}.callbacks (id);
CREATE INDEX callbacks_by_identity ON {schema}.callbacks ((received_at / 3600000), identity);
CREATE INDEX callbacks_refused ON {schema}.callbacks (app, id) WHERE outcome = 'refused';
CREATE INDEX callbacks_expendable ON {schema}.callbacks (id) WHERE expendable;
CREATE TABLE {schema}.cursors (
  plugin text NOT NULL,
  partition int NOT NULL,
  seq bigint NOT NULL,
  fence bigint NOT NULL DEFAULT 0,
  owner text,
  is_clean bool NOT NULL DEFAULT true,
  PRIMARY KEY (plugin, partition)
) WITH (fillfactor = 50);
CREATE TABLE {schema}.done (
  plugin text NOT NULL,
  partition int NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (plugin, partition, first)
);
CREATE TABLE {schema}.states (
  plugin text NOT NULL,
  partition int NOT NULL,
  seq bigint NOT NULL,
  place text,
  attempt int NOT NULL DEFAULT 1,
  due_at bigint,
  deferred_since bigint,
  tries int NOT NULL DEFAULT 0,
  error text,
  PRIMARY KEY (partition, seq, plugin)
);
CREATE INDEX states_due ON {schema}.states (plugin, partition, due_at, seq) WHERE place = 'pending';
CREATE TABLE {schema}.dead_letters (
  num bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition int NOT NULL,
  seq bigint NOT NULL,
  plugin text NOT NULL,
  at bigint NOT NULL,
  attempts int NOT NULL,
  is_fault bool NOT NULL,
  error text NOT NULL,
  UNIQUE (partition, seq, plugin)
);
CREATE INDEX dead_letters_at ON {schema}.dead_letters (at);
CREATE TABLE {schema}.holds (plugin text PRIMARY KEY, reason text NOT NULL, until bigint);
CREATE TABLE {schema}.members (id text PRIMARY KEY, ends_at bigint NOT NULL, plugins text[] NOT NULL);
CREATE TABLE {schema}.requests (
  num bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  request jsonb NOT NULL,
  fates jsonb NOT NULL DEFAULT '[]',
  ended_at bigint
);
CREATE INDEX requests_waiting ON {schema}.requests (num) WHERE ended_at IS NULL;
`

/**
 * Version 2. The backlog of a plugin in a partition is what was ever stored for it (`partitions.stored`, by plugin) and
 * replayed or retried (`cursors.again`), less what it has `finished`. Callbacks from before were never counted, so their
 * count starts below zero. `gone`: since when no process has had a plugin.
 */
export const COUNTS = `
ALTER TABLE {schema}.partitions ADD COLUMN stored jsonb NOT NULL DEFAULT '{}';
ALTER TABLE {schema}.cursors ADD COLUMN again bigint NOT NULL DEFAULT 0, ADD COLUMN finished bigint NOT NULL DEFAULT 0;
UPDATE {schema}.cursors k SET finished = -(
    SELECT count(*) FROM {schema}.callbacks c WHERE c.partition = k.partition AND c.seq > k.seq AND c.plugins ? k.plugin
      AND NOT {schema}.is_done(k.plugin, k.partition, c.seq)
  ) - (SELECT count(*) FROM {schema}.states s WHERE s.plugin = k.plugin AND s.partition = k.partition AND s.place = 'pending');
CREATE TABLE {schema}.gone (plugin text PRIMARY KEY, since bigint NOT NULL);
DROP FUNCTION {schema}.settle(text, int, bigint, jsonb);
`
