import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NAMES, type PluginName } from './plugins.ts'

/** One call of a handler, as the handler itself wrote it down. Times are microseconds. */
export interface Call {
  readonly n: number
  readonly attempt: number
  /** Its process: the id and when that started, for ids are given again. */
  readonly life: string
  readonly from: number
  to: number | undefined
  /** How it ended. */
  as: 'ok' | 'failed' | undefined
}

/** A process, how it was told to end, and when. */
export interface Life {
  readonly pid: number
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
  /** In the order in which they ended. */
  readonly lives: readonly Life[]
  /** Of each plugin, in the order in which they began. */
  readonly calls: ReadonlyMap<PluginName, readonly Call[]>
  /** Plugin and number of each. */
  readonly deadLetters: ReadonlySet<string>
}

/** The clock of the handlers. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** How the process of a call ended; nothing where it has not. */
export function endOf(lives: readonly Life[], { life }: Call): Life | undefined {
  const [pid, started] = life.split('.').map(Number)
  return lives.find((one) => one.pid === pid && one.at > (started ?? 0))
}

export function readCalls(folder: string): Map<PluginName, Call[]> {
  return new Map(NAMES.map((name) => [name, callsIn(join(folder, 'config', `${name}.log`))]))
}

function callsIn(file: string): Call[] {
  if (!existsSync(file)) return []
  const calls = new Map<string, Call>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [kind, id = '', a = '', b = '', c = ''] = line.split(' ')
    const life = id.slice(0, id.lastIndexOf('.'))
    if (kind === 'begins') {
      calls.set(id, { n: Number(a), attempt: Number(b), life, from: Number(c), to: undefined, as: undefined })
    } else if (kind === 'ends') {
      const call = calls.get(id)
      if (call) Object.assign(call, { as: a, to: Number(b) })
    }
  }
  return [...calls.values()].toSorted((one, other) => one.from - other.from)
}
