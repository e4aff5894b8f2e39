/** A room, or a file of the spine. Its files may import each other, and everything on the floors below. */
export interface Row {
  readonly floor: number
  /** A folder without its subfolders, or one of the files at the top of `core/`. */
  readonly at: string
  readonly job: string
}

/** The protocol is one room, with all its folders. */
const PROTOCOL = 'core/protocol'

export const rows: readonly Row[] = [
  { floor: 0, at: 'core/errors.ts', job: 'errors with a code, a sentence and a hint' },
  { floor: 0, at: 'core/lib', job: 'tools that do not know callbacks: JSON, ids, units, deadlines, batches of a tick' },
  { floor: 0, at: 'core/lib/net', job: 'hosts, networks and certificates' },
  {
    floor: 0,
    at: 'core/protocol',
    job: 'what Tencent says: one schema per callback, the table of commands, the envelope',
  },
  { floor: 1, at: 'config', job: 'shared by the folders of the config: faults, and the masking of texts' },
  { floor: 1, at: 'config/sections', job: 'one schema for each section of the config file' },
  {
    floor: 1,
    at: 'core/callback',
    job: 'one callback, and the reading of its body: checks, conversions, faults',
  },
  { floor: 1, at: 'core/rest/calls', job: 'the typed calls of the REST API' },
  { floor: 1, at: 'core/rest/pace', job: 'rate limits, retries, and the suspension of an app' },
  { floor: 1, at: 'core/sample', job: 'variations of sample bodies, for trigger' },
  { floor: 1, at: 'core/store', job: 'the store of plugins: its contract, and the memory store' },
  { floor: 1, at: 'core/watchdog', job: 'finds the handler that blocks the event loop' },
  { floor: 2, at: 'config/schema', job: 'the schema of the whole config, and the JSON Schema that editors use' },
  { floor: 2, at: 'core/rest/client', job: "one app's client: UserSig, requests, errors" },
  {
    floor: 2,
    at: 'core/store/sqlite',
    job: 'the store of plugins in SQLite, and the only place that knows its drivers',
  },
  { floor: 3, at: 'config/check', job: 'checks a config against its schema and its rules, all faults at once' },
  { floor: 3, at: 'core/observe', job: 'the bus, the log, and which events are logged' },
  { floor: 4, at: 'config/read', job: 'finds and reads a config: YAML or module, places, interpolation, masks' },
  { floor: 4, at: 'core/http/answer', job: 'envelopes, errors, and who sent the request' },
  {
    floor: 4,
    at: 'core/plugin-api',
    job: 'the types that an author sees: handler context, verdicts, commands of a plugin',
  },
  {
    floor: 4,
    at: 'core/store/postgres',
    job: 'the store of plugins in PostgreSQL, the PostgreSQL client and its settings',
  },
  { floor: 4, at: 'core/store/redis', job: 'the store of plugins in Redis, the Redis client and its settings' },
  { floor: 5, at: 'core/host/import', job: "a plugin's module: its version, and why it could not be imported" },
  { floor: 5, at: 'core/http/body', job: 'reads a body: budget, inflating, charset, JSON' },
  { floor: 5, at: 'core/http/request', job: 'reads and authenticates requests: parameters, signature, stray events' },
  { floor: 5, at: 'core/http/server', job: 'the node server: listeners, connections, pipelining, drain' },
  { floor: 5, at: 'core/plugin.ts', job: 'everything that a plugin author imports' },
  { floor: 5, at: 'core/registry.ts', job: 'which plugins get which command, in which order' },
  {
    floor: 6,
    at: 'core/delivery',
    job: 'delivery as the rest of core sees it, and the history that the commands read',
  },
  { floor: 6, at: 'core/delivery/ingest', job: 'fingerprint, resend window, order key' },
  { floor: 6, at: 'core/host', job: 'the plugins of the config: resolved, loaded, checked, set up, called' },
  { floor: 7, at: 'core/answer.ts', job: 'the input and the answer of dispatch, and its event on the bus' },
  { floor: 7, at: 'core/cli/output', job: 'what commands print: tables, times, escapes, exit codes' },
  {
    floor: 7,
    at: 'core/delivery/attempt',
    job: 'runs handlers: keys, attempts, suspects, holds',
  },
  {
    floor: 7,
    at: 'core/delivery/engines/sqlite/blocks',
    job: 'callbacks as stored in the file: in blocks, or pinned one by one',
  },
  { floor: 7, at: 'core/delivery/engines/sqlite/file', job: 'the file itself: schema, lock, owner, presence, reserve' },
  { floor: 7, at: 'core/observe/alerts', job: 'rules that raise and clear alerts on the bus' },
  { floor: 7, at: 'core/observe/metrics', job: 'numbers for Prometheus: read, summed over workers, written as text' },
  { floor: 8, at: 'core/after', job: 'stores and acknowledges' },
  { floor: 8, at: 'core/before', job: 'the chain, and the failure policy' },
  {
    floor: 8,
    at: 'core/cli/admin-request',
    job: 'sends requests to the server through the store, and prints the results',
  },
  { floor: 8, at: 'core/cli/input', job: 'the input of commands: config, options, patterns' },
  {
    floor: 8,
    at: 'core/delivery/consume',
    job: 'what comes between a log and its handlers, for every engine: read-ahead, cursor, retries, overflow of keys, settling',
  },
  {
    floor: 8,
    at: 'core/delivery/engines/postgres/sql',
    job: 'tables and functions of the database, and the statements: one verb per file',
  },
  {
    floor: 8,
    at: 'core/delivery/engines/sqlite/worker',
    job: 'the thread that has the file, one operation per file',
  },
  {
    floor: 7,
    at: 'core/isolate/wire',
    job: 'threads and processes for plugins, and the messages between them and the server',
  },
  {
    floor: 8,
    at: 'core/isolate',
    job: "the server's side of a plugin in a separate thread or process: starts, watches, calls and serves it",
  },
  {
    floor: 8,
    at: 'core/isolate/inside',
    job: 'what runs in the thread or process: one plugin, loaded and called as the server does it',
  },
  { floor: 7, at: 'core/cli/scaffold', job: 'the files of a new plugin' },
  { floor: 9, at: 'core/cli/trigger', job: 'creates a sample callback, signs and sends it' },
  { floor: 9, at: 'core/delivery/engines/postgres/history', job: 'lists and finds what is stored' },
  { floor: 9, at: 'core/delivery/engines/sqlite/client', job: "the main thread's end of the file" },
  { floor: 8, at: 'core/delivery/engines/sqlite/history/search', job: 'searches what is stored, in slices' },
  {
    floor: 9,
    at: 'core/delivery/engines/sqlite/history',
    job: 'the history of a file, also from a thread',
  },
  { floor: 9, at: 'core/dispatch.ts', job: 'one genuine callback in, one answer out' },
  {
    floor: 10,
    at: 'core/delivery/engines/sqlite/upkeep',
    job: 'retention, checkpoints, the resend window at start, removed plugins',
  },
  { floor: 10, at: 'core/http', job: 'the Koa application, and the fast path next to it' },
  { floor: 9, at: 'core/delivery/engines/redis/client', job: 'keys, entries, and running Lua scripts' },
  { floor: 10, at: 'core/delivery/engines/redis/append', job: 'appends in batches; records of undelivered callbacks' },
  { floor: 10, at: 'core/delivery/engines/redis/history', job: 'lists and finds what is stored; carries out requests' },
  {
    floor: 10,
    at: 'core/delivery/engines/redis/partition',
    job: 'one partition for one plugin: reads, settlements, leases, hints',
  },
  { floor: 10, at: 'core/delivery/engines/redis/upkeep', job: 'retention, and removed plugins' },
  { floor: 11, at: 'core/delivery/engines/memory', job: 'the engine memory: its log, and the history of one process' },
  { floor: 11, at: 'core/delivery/engines/postgres', job: 'the engine postgres: a log of callbacks in a database' },
  { floor: 11, at: 'core/delivery/engines/sqlite', job: 'the engine sqlite, assembled' },
  { floor: 14, at: 'core/delivery/engines/redis', job: 'the engine redis: its log, assembled' },
  { floor: 15, at: 'core/delivery/engines', job: 'opens the engine that the config names' },
  { floor: 7, at: 'core/admin/request', job: 'one request of the admin listener: its parameters and body, its answer' },
  { floor: 8, at: 'core/admin/access', job: 'who may use the admin listener: token, logins, hosts, origins' },
  { floor: 9, at: 'core/admin', job: 'what the admin listener sends and reads, as types' },
  { floor: 10, at: 'core/admin/live', job: 'the numbers of the last hour and day, and the live stream' },
  { floor: 11, at: 'core/admin/api', job: 'the paths under /api/, one file each' },
  { floor: 12, at: 'core/admin/server', job: 'the admin listener: probes, metrics, the files of the page, the API' },
  { floor: 10, at: 'core/admin/history', job: 'what the API reads from the store, as it shows it' },
  { floor: 16, at: 'core/runtime.ts', job: 'config, plugins and engine, composed' },
  { floor: 17, at: 'core/index.ts', job: 'the public exports' },
  { floor: 17, at: 'core/server.ts', job: 'start, drain, stop' },
  { floor: 17, at: 'core/cli/doctor', job: 'examines the deployment, or a plugin' },
  { floor: 18, at: 'core/cli/process', job: 'signals, and unhandled errors' },
  { floor: 19, at: 'core/cli/start', job: 'the running server: one process or workers' },
  { floor: 20, at: 'core/cli/upkeep', job: 'copies the store, and removes an account from it' },
  { floor: 20, at: 'core/cli/commands', job: 'one file per subcommand' },
  { floor: 20, at: 'core/cli/listen', job: 'passes stored callbacks to a program on this machine' },
  {
    floor: 18,
    at: 'core/testing',
    job: 'a plugin under test: the real dispatch, a clock that the test moves, a fake REST API',
  },
  { floor: 19, at: 'core/testing.ts', job: 'everything that a test of a plugin imports' },
  { floor: 19, at: 'core/page/text', job: 'what the page makes of texts and numbers, without a browser' },
  { floor: 20, at: 'core/page/i18n', job: 'the texts of the page in English and Chinese' },
  { floor: 20, at: 'core/page/net', job: 'what the page reads and sends, live events, and the links to its states' },
  { floor: 21, at: 'core/page/parts', job: 'components shared by several views of the page' },
  { floor: 22, at: 'core/page/views', job: 'the login, and the config' },
  { floor: 22, at: 'core/page/views/dead-letters', job: 'dead letters by plugin and reason, retried and dropped' },
  {
    floor: 22,
    at: 'core/page/views/event',
    job: 'one callback: its body, its time line, and its actions',
  },
  { floor: 22, at: 'core/page/views/events', job: 'the list of callbacks: filters, search in slices, live' },
  { floor: 22, at: 'core/page/views/overview', job: 'the current numbers, plots of the last hour and day' },
  { floor: 22, at: 'core/page/views/plugins', job: 'the plugins, pause and resume, the tables that they add' },
  { floor: 23, at: 'core/page', job: 'the page of the admin listener, in the browser' },
  { floor: 21, at: 'core/cli', job: 'the command line' },
]

/** The row of a source file, or undefined if it has none yet. */
export function floorOf(file: string): Row | undefined {
  const folder = file.startsWith(`${PROTOCOL}/`) ? PROTOCOL : file.slice(0, file.lastIndexOf('/'))
  return rows.find(({ at }) => at === (folder === 'core' ? file : folder))
}

/** The floors as text, the lowest first. */
export function printTable(): string {
  const lines = rows.map(({ floor, at, job }) => `${String(floor).padStart(2)}  ${at}\n    ${job}`)
  return ['A file imports from lower floors, and from its own folder.', ...lines].join('\n')
}
