import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { folderWith, type StartedServer, startCommand } from './cli.ts'
import { type CrashStore, redisStore, sqliteStore } from './crash-stores.ts'

const PLUGINS = ['fast', 'slow', 'failing']
const APP = 1400000000
const GROUPS = 97
/** After so long without anything happening the rest is lost. Only who has lost something waits for it. */
const QUIET_MS = 30_000

/**
 * A plugin that writes down each callback that it has worked on, from when to when, on a clock that all processes of a
 * machine share. A line is one write, so that no death cuts it.
 */
const plugin = (name: string, before: string): string => `
import { openSync, writeSync } from 'node:fs'
const file = openSync(new URL('./${name}.log', import.meta.url), 'a')
export default {
  name: '${name}',
  handlers: {
    '*': async ({ body, attempt }) => {
      const from = process.hrtime.bigint()
      ${before}
      writeSync(file, [body.EventTime, from, process.hrtime.bigint()].join(' ') + '\\n')
    },
  },
}
`

const config = (delivery: string): string => `
server: { port: 0, drainMs: 0, deadlineMs: 60000 }
admin: false
apps: [{ sdkAppId: ${APP}, unsigned: true }]
delivery: ${delivery}
log: { level: info }
plugins:
  - use: ./fast.mjs
  - use: ./slow.mjs
  - { use: ./failing.mjs, retry: { attempts: 12, minMs: 5, maxMs: 200 } }
`

/** What a run of crashes has come to. */
export interface CrashFigures {
  readonly sent: number
  readonly acknowledged: number
  /** Of an acknowledged callback and a plugin: neither handled nor a dead letter. */
  readonly lost: number
  readonly deadLetters: number
  /** Handled more than once: under way, or done and not yet noted, when the process died. */
  readonly repeats: number
  /** Handled while another one of the same group was, by the same plugin. */
  readonly overlaps: number
  readonly seconds: number
}

export interface CrashPlan {
  readonly rounds: number
  readonly callbacks: number
  readonly engine?: 'sqlite' | 'redis'
}

/** Kills a server under load, over and over, and counts what became of every callback that was acknowledged. */
export async function crash(
  { rounds, callbacks, engine = 'sqlite' }: CrashPlan,
  onRound: (text: string) => void = () => undefined,
): Promise<CrashFigures> {
  const store = engine === 'redis' ? await redisStore() : sqliteStore()
  const folder = await folderWith({
    'config/plugins.yaml': config(store.delivery),
    'config/fast.mjs': plugin('fast', ''),
    'config/slow.mjs': plugin('slow', 'await new Promise((resolve) => setTimeout(resolve, 3))'),
    'config/failing.mjs': plugin('failing', "if (Math.random() < 0.1) throw new Error('at times')"),
  })
  const startedAt = performance.now()
  const acknowledged = new Set<number>()
  const servers: StartedServer[] = []
  const fill = async (): Promise<void> => {
    while (servers.length < store.processes) servers.push(await startCommand(folder, ['--port', '0']))
  }
  let sent = 0
  for (let round = 1; round <= rounds; round++) {
    await fill()
    const until = Math.ceil((callbacks * round) / rounds)
    await underLoad(servers, until - sent, (from) => from + sent, acknowledged)
    sent = until
    onRound(`round ${round}: ${acknowledged.size} acknowledged of ${sent}`)
  }
  await fill()
  const counts = await settled(folder, store, acknowledged)
  for (const { child, ended } of servers) {
    child.kill('SIGTERM')
    await ended
  }
  return { sent, acknowledged: acknowledged.size, ...counts, seconds: (performance.now() - startedAt) / 1000 }
}

/** Sends from several connections, and kills one of the servers at a random moment of it. */
async function underLoad(
  servers: StartedServer[],
  count: number,
  numberOf: (n: number) => number,
  acknowledged: Set<number>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const killAt = Math.floor(count * (0.3 + 0.6 * Math.random()))
  let killed: StartedServer | undefined
  let next = 0
  const connection = async (): Promise<void> => {
    while (next < count) {
      const n = numberOf(next++)
      if (next === killAt) {
        killed = servers.splice(Math.floor(Math.random() * servers.length), 1)[0]
        killed?.child.kill('SIGKILL')
      }
      // Once no server is left every request fails at once; those are not acknowledged.
      const url = (servers[n % servers.length] ?? killed)?.url ?? ''
      const status = await post(url, agent, n).catch(() => 0)
      if (status === 200) acknowledged.add(n)
    }
  }
  await Promise.all(Array.from({ length: 16 }, connection))
  await killed?.ended
  agent.destroy()
}

function post(url: string, agent: Agent, n: number): Promise<number | undefined> {
  const command = 'Group.CallbackAfterGroupFull'
  const body = JSON.stringify({ CallbackCommand: command, GroupId: `@TGS#${n % GROUPS}`, EventTime: n })
  return new Promise((resolve, reject) => {
    const target = `${url}?SdkAppid=${APP}&CallbackCommand=${command}`
    const sending = request(target, { method: 'POST', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
      response.on('error', reject)
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

interface Handled {
  readonly n: number
  readonly from: bigint
  readonly to: bigint
}

/** Waits until every acknowledged callback is accounted for, or nothing has happened for a while. */
async function settled(
  folder: string,
  store: CrashStore,
  acknowledged: ReadonlySet<number>,
): Promise<Pick<CrashFigures, 'lost' | 'deadLetters' | 'repeats' | 'overlaps'>> {
  let seen = -1
  let seenAt = performance.now()
  for (;;) {
    const dead = await store.deadLetters(folder)
    const handled = PLUGINS.map((name) => ({ name, lines: readLog(folder, name) }))
    const lost = handled.reduce((sum, { name, lines }) => {
      const known = new Set(lines.map(({ n }) => n))
      return sum + [...acknowledged].filter((n) => !known.has(n) && !dead.has(`${name} ${n}`)).length
    }, 0)
    const all = handled.reduce((sum, { lines }) => sum + lines.length, dead.size)
    if (all !== seen) seenAt = performance.now()
    if (lost === 0 || performance.now() - seenAt > QUIET_MS) {
      const repeats = handled.reduce((sum, { lines }) => sum + lines.length - new Set(lines.map(({ n }) => n)).size, 0)
      const overlaps = handled.reduce((sum, { lines }) => sum + overlapsIn(lines), 0)
      return { lost, deadLetters: dead.size, repeats, overlaps }
    }
    seen = all
    // Other processes write these files: there is no event to wait for.
    await delay(100)
  }
}

/** How often a handler began before that of the same group before it had ended. */
function overlapsIn(lines: readonly Handled[]): number {
  const busyUntil = new Map<number, bigint>()
  let overlaps = 0
  for (const { n, from, to } of lines.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    if (from < (busyUntil.get(n % GROUPS) ?? 0n)) overlaps++
    busyUntil.set(n % GROUPS, to)
  }
  return overlaps
}

function readLog(folder: string, name: string): Handled[] {
  const lines = readFileSync(join(folder, 'config', `${name}.log`), 'utf8')
    .split('\n')
    .filter(Boolean)
  return lines.map((line) => {
    const [n = '', from = '', to = ''] = line.split(' ')
    return { n: Number(n), from: BigInt(from), to: BigInt(to) }
  })
}
