/** Files that may import each other, and whatever is on the floors below. */
export interface Row {
  readonly floor: number
  /** Files of one folder are neighbours; those of another folder on the same floor are strangers. */
  readonly folder: string
  /** Names in that folder, without `.ts`; none means all that is in it, at any depth. */
  readonly files?: readonly string[]
  readonly job: string
}

export const rows: readonly Row[] = [
  { floor: 0, folder: 'core/protocol', job: 'what Tencent says: schemas, the table of commands, the envelope' },
  {
    floor: 0,
    folder: 'core',
    files: [
      'backoff',
      'copy',
      'deadlines',
      'errors',
      'id',
      'json',
      'later',
      'log',
      'log-line',
      'loopback',
      'stack',
      'suggest',
      'throttle',
      'turn',
      'units',
      'untrusted',
      'usersig',
      'within',
    ],
    job: 'tools that know no callback',
  },
  { floor: 1, folder: 'core', files: ['scrub', 'signature'], job: 'authentication, errors without messages in them' },
  { floor: 1, folder: 'core/rest', job: 'the REST API, for plugins' },
  { floor: 1, folder: 'core/store', job: 'what plugins keep' },
  { floor: 1, folder: 'core/watchdog', job: 'which handler holds the event loop' },
  { floor: 2, folder: 'config', job: 'config file to checked object' },
  {
    floor: 2,
    folder: 'core',
    files: [
      'plugin',
      'plugin-command',
      'standard-schema',
      'handler-context',
      'verdict',
      'validate',
      'message',
      'convert',
      'faults',
    ],
    job: 'what a plugin author reads, and the reading of bodies',
  },
  {
    floor: 2,
    folder: 'core',
    files: ['callback', 'bus', 'observe', 'query', 'registry', 'context'],
    job: 'one callback, who hears of it and who handles it',
  },
  {
    floor: 3,
    folder: 'core',
    files: [
      'resolve',
      'load',
      'plugin-shape',
      'options',
      'only-spec',
      'syntax-error',
      'handler-spec',
      'command-spec',
      'lifecycle',
    ],
    job: 'plugins of the config: found, checked, set up',
  },
  { floor: 3, folder: 'core/delivery', job: 'delivery of after-callbacks' },
  { floor: 3, folder: 'core/sample', job: 'variations of samples, for trigger' },
  {
    floor: 4,
    folder: 'core',
    files: ['dispatch', 'dispatch-types', 'before', 'after', 'chain', 'failures', 'tell'],
    job: 'one callback in, one answer out',
  },
  { floor: 5, folder: 'core/http', job: 'Koa application: the webhook' },
  {
    floor: 6,
    folder: 'core',
    files: ['app-settings', 'compose', 'masked-log', 'rest-clients', 'server', 'index'],
    job: 'the whole, and its exports',
  },
  { floor: 7, folder: 'core/cli', job: 'one file a subcommand' },
]

/** The row of a source file, or undefined where nobody has placed it yet. */
export function floorOf(file: string): Row | undefined {
  return rows.find(({ folder, files }) =>
    files ? files.some((name) => file === `${folder}/${name}.ts`) : file.startsWith(`${folder}/`),
  )
}

/** The floors as a person reads them, the lowest first. */
export function printTable(): string {
  const lines = rows.map(({ floor, folder, files, job }) => {
    const where = files ? files.map((name) => `${folder}/${name}.ts`).join(' ') : `${folder}/`
    return `${floor}  ${where}\n   ${job}`
  })
  return ['A file imports from lower floors, and from its own folder.', ...lines].join('\n')
}
