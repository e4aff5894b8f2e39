import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NAMES, type PluginName } from './plugins.ts'

/** One call of a handler, as the handler recorded it. Times are microseconds. */
export interface Call {
  readonly n: number
  /** The callback's id, as in the server's log. */
  readonly id: string
  readonly attempt: number
  /** Its process: the id and the start time, since ids are reused. */
  readonly life: string
  readonly from: number
  to: number | undefined
  /** How it ended. */
  as: 'ok' | 'failed' | undefined
}

/** A process, the signal that ended it, and when. */
export interface Life {
  readonly pid: number
  readonly signal: 'SIGKILL' | 'SIGTERM'
  readonly at: number
}

/** A callback that waits apart from its group, according to a server's log, because processes have ended during it. */
export interface Suspect {
  readonly plugin: string
  readonly id: string
  /** When that was logged, in microseconds of the handlers' clock. */
  readonly at: number
  /** When it stops waiting. */
  readonly until: number
}

/** A callback that was sent. Those of a group were sent one after the other, so their numbers give their order. */
export interface Sent {
  readonly n: number
  readonly group: string
  /** When it was acknowledged, if it was. */
  readonly at: number | undefined
}

/** The result of a run, to be checked against what is promised. */
export interface CrashRecord {
  readonly sent: readonly Sent[]
  /** In the order in which they ended. */
  readonly lives: readonly Life[]
  readonly suspects: readonly Suspect[]
  /** The calls of each plugin, in the order in which they began. */
  readonly calls: ReadonlyMap<PluginName, readonly Call[]>
  /** The plugin and number of each dead letter. */
  readonly deadLetters: ReadonlySet<string>
}

/** The clock of the handlers. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** The suspects in the log of a server. */
export function suspectsIn(lines: readonly Record<string, unknown>[]): Suspect[] {
  const offset = nowMicros() - Date.now() * 1000
  const told = lines.filter(({ crashes, retryMs }) => crashes !== undefined && retryMs !== undefined)
  return told.map(({ plugin, id, time, retryMs }) => {
    const at = Date.parse(String(time)) * 1000 + offset
    return { plugin: String(plugin), id: String(id), at, until: at + Number(retryMs) * 1000 }
  })
}

/** Whether a call came after the log said that its callback waits apart from its group. */
export function isReleased(plugin: string, { id, from }: Call, suspects: readonly Suspect[]): boolean {
  return suspects.some((one) => one.plugin === plugin && one.id === id && one.at < from)
}

/** How the process of a call ended; undefined if it has not. */
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
    const [kind, name = '', a = '', b = '', id = '', from = ''] = line.split(' ')
    const life = name.slice(0, name.lastIndexOf('.'))
    if (kind === 'begins') {
      const begun = { n: Number(a), id, attempt: Number(b), life, from: Number(from) }
      calls.set(name, { ...begun, to: undefined, as: undefined })
    } else if (kind === 'ends') {
      const call = calls.get(name)
      if (call) Object.assign(call, { as: a, to: Number(b) })
    }
  }
  return [...calls.values()].toSorted((one, other) => one.from - other.from)
}
