type Json = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const number = { type: 'number' }
const integer = { type: 'integer' }
const flag = { type: 'boolean' }
const time = { type: 'integer', description: 'Milliseconds since 1970' }
const anything = {}

/** An object with these members; those whose names end with `?` are optional. */
function object(members: Json, description?: string): Json {
  const names = Object.keys(members)
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), members[name]])),
    additionalProperties: false,
  }
}

const list = (items: Json): Json => ({ type: 'array', items })
const map = (additionalProperties: Json): Json => ({ type: 'object', additionalProperties })
const oneOf = (...words: string[]): Json => ({ type: 'string', enum: words })
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
const orNull = (type: string): Json => ({ type: [type, 'null'] })

const PluginOutcome = oneOf('done', 'waiting', 'dead')

/** What the API sends and accepts: core/admin/api-types.ts as schemas. */
export const schemas: Readonly<Record<string, Json>> = {
  Error: object({ error: text, 'code?': text }, 'A sentence that names the fault, and where it is'),
  Session: object({
    authenticated: { const: true },
    write: flag,
    bodies: flag,
    login: flag,
    version: text,
    instance: text,
    apps: list(integer),
    plugins: list(text),
  }),
  Login: object({ token: text }),
  Nothing: object({}),
  Series: object({
    stepMs: integer,
    from: time,
    callbacks: list(integer),
    refused: list(integer),
    p50: list(orNull('number')),
    p99: list(orNull('number')),
    backlog: list(integer),
    deadLetters: list(integer),
  }),
  Overview: object({
    now: time,
    version: text,
    startedAt: time,
    engine: oneOf('memory', 'sqlite', 'redis', 'postgres'),
    'durability?': text,
    processes: list(object({ pid: integer, 'name?': text })),
    ready: flag,
    checks: map(text),
    notes: map(text),
    'disk?': object({ 'storeBytes?': integer, 'freeBytes?': integer }),
    series: object({ hour: ref('Series'), day: ref('Series') }),
    plugins: list(ref('Plugin')),
    deadLetters: integer,
    'deadLettersTruncated?': flag,
  }),
  Event: object({
    id: text,
    ref: text,
    sdkAppId: integer,
    command: text,
    receivedAt: time,
    signed: flag,
    resends: integer,
    maybeResend: flag,
    outcome: oneOf('done', 'waiting', 'dead', 'none', 'allow', 'reject', 'drop', 'failed', 'refused'),
    plugins: list(object({ id: text, outcome: PluginOutcome })),
    'undelivered?': object({
      outcome: oneOf('allow', 'reject', 'drop', 'refused'),
      code: integer,
      failed: flag,
      'error?': text,
    }),
    'group?': text,
    'account?': text,
    'faulty?': flag,
    'test?': flag,
  }),
  Events: object({ entries: list(ref('Event')), place: text, end: flag, 'searchedTo?': time }),
  EventDetail: object({
    event: ref('Event'),
    query: list({ type: 'array', prefixItems: [text, text], minItems: 2, maxItems: 2 }),
    'peer?': text,
    bytes: integer,
    faults: list(object({ path: text, message: text })),
    titles: object({ en: text, zh: text, docs: list(integer) }),
    timeline: list(
      object({
        'at?': time,
        kind: oneOf('received', 'stored', 'decided', 'attempt', 'retry-due', 'done', 'dead', 'held', 'waiting'),
        'plugin?': text,
        'attempt?': integer,
        'error?': text,
        'ms?': number,
        'code?': integer,
      }),
    ),
    deadLetters: list(object({ plugin: text, ref: text })),
    'body?': text,
    'bodyGone?': flag,
  }),
  DeadLetters: object({
    letters: list(
      object({
        ref: text,
        plugin: text,
        at: time,
        attempts: integer,
        error: text,
        callback: object({ ref: text, id: text, sdkAppId: integer, command: text, receivedAt: time }),
      }),
    ),
    groups: list(object({ plugin: text, reason: text, count: integer, truncated: flag })),
    end: flag,
  }),
  DeadLettersRequest: {
    oneOf: [
      object({ refs: { type: 'array', items: text, minItems: 1, maxItems: 1000 } }),
      object({ plugin: text, 'command?': text, 'reason?': text, all: { const: true }, count: integer }),
    ],
  },
  Counts: object({ count: integer, waiting: integer, gone: integer, foreign: integer, unanswered: integer }),
  ReplayRequest: object({ ids: { type: 'array', items: text, minItems: 1, maxItems: 100 }, plugin: text }),
  PauseRequest: object({ 'forMs?': { type: 'integer', minimum: 1 }, 'reason?': text }),
  Plugin: object({
    id: text,
    name: text,
    use: text,
    'version?': text,
    state: oneOf('running', 'paused', 'held', 'open', 'parked', 'disabled'),
    'reason?': text,
    'until?': time,
    'options?': anything,
    handles: object({ before: list(text), after: list(text) }),
    'only?': anything,
    backlog: integer,
    'oldestAgeMs?': integer,
    deadLetters: integer,
    rates: object({ handled: integer, failures: integer, timeouts: integer }),
    'circuit?': oneOf('open', 'closed'),
    views: list(object({ command: text, description: text })),
  }),
  Plugins: object({ plugins: list(ref('Plugin')) }),
  View: { oneOf: [object({ columns: list(text), rows: list(list(text)) }), object({ text })] },
  Config: object({
    file: text,
    config: anything,
    yaml: text,
    warnings: list(text),
    reload: object({ changes: list(text), 'faults?': list(text) }),
  }),
  TestRequest: object({ command: text, app: integer, body: text, 'query?': map(text) }),
  TestResult: object({ status: integer, answer: anything, 'id?': text }),
  StreamCallbacks: object({ entries: list(ref('Event')), dropped: integer }),
  StreamTick: object({
    now: time,
    ms: integer,
    callbacks: integer,
    refused: integer,
    p50: orNull('number'),
    p99: orNull('number'),
    backlog: integer,
    deadLetters: integer,
  }),
}
