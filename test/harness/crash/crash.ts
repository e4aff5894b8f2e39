import { setTimeout as delay } from 'node:timers/promises'
import { folderWith, type StartedServer, startCommand } from '../cli.ts'
import { APP, type DeedsOf, isCrowd, underLoad } from './load.ts'
import { crashFiles, NAMES } from './plugins.ts'
import { type CrashRecord, type Life, nowMicros, readCalls, type Sent, type Suspect, suspectsIn } from './record.ts'
import { type Findings, findingsOf, lostOf } from './rules.ts'
import { type CrashStore, deadLettersOf, postgresStore, redisStore, sqliteStore } from './stores.ts'

/** One load, during which a server ends. */
export interface Round {
  readonly callbacks: number
  readonly signal: Life['signal']
  /** The fraction of the load that has been sent by then. */
  readonly at: number
  /** Whether the database is killed too, and started again. */
  readonly killsStore?: boolean
}

export interface CrashPlan {
  readonly rounds: readonly Round[]
  readonly engine: 'sqlite' | 'redis' | 'postgres'
  readonly deedsOf?: DeedsOf
}

/** The result of a run of crashes. */
export interface CrashFigures extends Findings {
  readonly sent: number
  readonly acknowledged: number
  /** The largest number of callbacks of one group that a plugin had not finished when a server ended. */
  readonly longestBacklog: number
  readonly seconds: number
}

/** Busy groups are slow, so that they have a backlog; some callbacks fail once or twice. */
const usual: DeedsOf = (n, isCrowded) => ({ Ms: isCrowded ? 15 : n % 4, Fails: n % 10 === 0 ? 1 + (n % 3) : 0 })
const STORES: Record<CrashPlan['engine'], () => CrashStore | Promise<CrashStore>> = {
  sqlite: sqliteStore,
  redis: redisStore,
  postgres: postgresStore,
}
const POLL_MS = 250
/** If nothing happens for this long, nothing will: a dead process' leases end sooner, even on a busy machine. */
const QUIET_MICROS = 60_000_000

/** Ends servers under load again and again, and checks what the handlers recorded against what is promised. */
export async function crash(plan: CrashPlan, onRound: (text: string) => void = () => undefined): Promise<CrashFigures> {
  const store = await STORES[plan.engine]()
  const folder = await folderWith(crashFiles(store.delivery, APP))
  const startedAt = performance.now()
  const sent: Sent[] = []
  const lives: Life[] = []
  const servers: StartedServer[] = []
  const logs: StartedServer['lines'][] = []
  const fill = async (): Promise<void> => {
    while (servers.length < store.processes) {
      const server = await startCommand(folder, ['--port', '0'])
      servers.push(server)
      logs.push(server.lines)
    }
  }
  const end = (signal: Life['signal']): StartedServer | undefined => {
    const [server] = servers.splice(lives.length % servers.length, 1)
    if (!server) return undefined
    lives.push({ pid: server.child.pid ?? 0, signal, at: nowMicros() })
    server.child.kill(signal)
    return server
  }
  for (const [index, { callbacks, signal, at, killsStore }] of plan.rounds.entries()) {
    await fill()
    let ended: StartedServer | undefined
    let restarted: Promise<void> | undefined
    const endAt = Math.floor(callbacks * at)
    const load = {
      count: callbacks,
      first: plan.rounds.slice(0, index).reduce((sum, round) => sum + round.callbacks, 0),
      deedsOf: plan.deedsOf ?? usual,
      urls: () => servers.map(({ url }) => url),
      onSend(next: number): void {
        if (next === endAt) ended = end(signal)
        if (next === Math.floor(endAt / 2) && killsStore) restarted = store.restart?.()
      },
    }
    sent.push(...(await underLoad(load)))
    ended ??= end(signal)
    await ended?.ended
    await restarted
    onRound(`round ${index + 1}: ${acknowledgedOf(sent)} acknowledged of ${sent.length}`)
  }
  await fill()
  const suspects = (): Suspect[] => suspectsIn(logs.flat())
  await settled(folder, sent, suspects)
  while (servers.length > 0) await end('SIGTERM')?.ended
  const deadLetters = await deadLettersOf(await store.history(folder))
  const record = { sent, lives, suspects: suspects(), calls: readCalls(folder), deadLetters }
  return {
    sent: sent.length,
    acknowledged: acknowledgedOf(sent),
    ...findingsOf(record),
    longestBacklog: longestBacklog(record),
    seconds: Math.round((performance.now() - startedAt) / 1000),
  }
}

function acknowledgedOf(sent: readonly Sent[]): number {
  return sent.filter(({ at }) => at !== undefined).length
}

/** Waits until every acknowledged callback is accounted for and no suspect waits, or nothing has happened for a while. */
export async function settled(folder: string, sent: readonly Sent[], suspects: () => Suspect[]): Promise<void> {
  let seen = -1
  let seenAt = nowMicros()
  for (;;) {
    const calls = readCalls(folder)
    const all = [...calls.values()].reduce((sum, { length }) => sum + length, 0)
    const deadLetters = new Set<string>()
    const isDone = (): boolean => NAMES.every((name) => lostOf(name, { calls, sent, deadLetters }).length === 0)
    if (isDone()) return
    const quietFrom = Math.max(seenAt, ...suspects().map(({ until }) => until))
    if (all === seen && nowMicros() - quietFrom > QUIET_MICROS) return
    if (all !== seen) {
      seen = all
      seenAt = nowMicros()
    }
    // Other processes write these files: there is no event to wait for.
    await delay(POLL_MS)
  }
}

/** Over all ends of servers, plugins, and busy groups. */
function longestBacklog({ sent, lives, calls }: CrashRecord): number {
  const crowded = sent.filter(({ group, at }) => at !== undefined && isCrowd(group))
  let longest = 0
  for (const ofPlugin of calls.values()) {
    const doneAt = new Map<number, number>()
    for (const { n, as, to = Infinity } of ofPlugin)
      if (as === 'ok') doneAt.set(n, Math.min(to, doneAt.get(n) ?? Infinity))
    for (const { at } of lives) {
      const waiting = new Map<string, number>()
      for (const one of crowded) {
        if ((one.at ?? Infinity) > at || (doneAt.get(one.n) ?? Infinity) <= at) continue
        waiting.set(one.group, (waiting.get(one.group) ?? 0) + 1)
      }
      longest = Math.max(longest, ...waiting.values())
    }
  }
  return longest
}
