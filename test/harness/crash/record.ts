import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NAMES, type PluginName } from './plugins.ts'

/** One call of a handler, as the handler itself wrote it down. Times are microseconds. */
export interface Call {
  readonly n: number
  readonly attempt: number
  readonly pid: number
  readonly from: number
  to: number | undefined
  /** How it ended. */
  as: 'ok' | 'failed' | undefined
}

/** A process, how it was told to end, and when. */
export interface Life {
  readonly signal: 'SIGKILL' | 'SIGTERM'
  readonly at: number
}

/** What was sent. Those of a group were sent one after the other, so their numbers tell their order. */
export interface Sent {
  readonly n: number
  readonly group: string
  /** When it was acknowledged, if it was. */
  readonly at: number | undefined
}

/** What came of a run, to be held against what is promised. */
export interface CrashRecord {
  readonly sent: readonly Sent[]
  /** By process id. */
  readonly lives: ReadonlyMap<number, Life>
  /** Of each plugin, in the order in which they began. */
  readonly calls: ReadonlyMap<PluginName, readonly Call[]>
  /** Plugin and number of each. */
  readonly deadLetters: ReadonlySet<string>
}

/** The clock of the handlers. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

export function readCalls(folder: string): Map<PluginName, Call[]> {
  return new Map(NAMES.map((name) => [name, callsIn(join(folder, 'config', `${name}.log`))]))
}

function callsIn(file: string): Call[] {
  if (!existsSync(file)) return []
  const calls = new Map<string, Call>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [kind, id = '', a = '', b = '', c = ''] = line.split(' ')
    const pid = Number(id.split('.')[0])
    if (kind === 'begins') {
      calls.set(id, { n: Number(a), attempt: Number(b), pid, from: Number(c), to: undefined, as: undefined })
    } else if (kind === 'ends') {
      const call = calls.get(id)
      if (call) Object.assign(call, { as: a, to: Number(b) })
    }
  }
  return [...calls.values()].toSorted((one, other) => one.from - other.from)
}
