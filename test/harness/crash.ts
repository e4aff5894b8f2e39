import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Database } from '../../core/store/database.ts'
import { folderWith, type StartedServer, startCommand } from './cli.ts'

const PLUGINS = ['fast', 'slow', 'failing']
const APP = 1400000000

/** A plugin that writes down each callback that it has worked on; a line is one write, so that no death cuts it. */
const plugin = (name: string, before: string): string => `
import { openSync, writeSync } from 'node:fs'
const file = openSync(new URL('./${name}.log', import.meta.url), 'a')
export default {
  name: '${name}',
  handlers: {
    '*': async ({ body, attempt }) => {
      ${before}
      writeSync(file, body.EventTime + '\\n')
    },
  },
}
`

const CONFIG = `
server: { port: 0, drainMs: 0 }
admin: false
apps: [{ sdkAppId: ${APP}, unsigned: true }]
delivery: { engine: sqlite, sqlite: { file: data/timhook.db } }
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
  readonly seconds: number
}

/** Kills a server under load, over and over, and counts what became of every callback that it had acknowledged. */
export async function crash(
  { rounds, callbacks }: { rounds: number; callbacks: number },
  onRound: (text: string) => void = () => undefined,
): Promise<CrashFigures> {
  const folder = await folderWith({
    'config/plugins.yaml': CONFIG,
    'config/fast.mjs': plugin('fast', ''),
    'config/slow.mjs': plugin('slow', 'await new Promise((resolve) => setTimeout(resolve, 3))'),
    'config/failing.mjs': plugin('failing', "if (Math.random() < 0.1) throw new Error('at times')"),
  })
  const startedAt = performance.now()
  const acknowledged = new Set<number>()
  let sent = 0
  for (let round = 1; round <= rounds; round++) {
    const server = await startQuiet(folder)
    const until = Math.ceil((callbacks * round) / rounds)
    await underLoad(server, until - sent, (from) => from + sent, acknowledged)
    sent = until
    onRound(`round ${round}: ${acknowledged.size} acknowledged of ${sent}`)
  }
  const last = await startQuiet(folder)
  const counts = await settled(folder, acknowledged)
  last.child.kill('SIGTERM')
  await last.ended
  return { sent, acknowledged: acknowledged.size, ...counts, seconds: (performance.now() - startedAt) / 1000 }
}

/** Sends from several connections and kills the server at a random moment of it. */
async function underLoad(
  server: StartedServer,
  count: number,
  numberOf: (n: number) => number,
  acknowledged: Set<number>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const killAt = Math.floor(count * (0.3 + 0.6 * Math.random()))
  let next = 0
  const connection = async (): Promise<void> => {
    while (next < count) {
      const n = numberOf(next++)
      if (next === killAt) server.child.kill('SIGKILL')
      // Once the server is gone every request fails at once; those are not acknowledged.
      const status = await post(server.url, agent, n).catch(() => 0)
      if (status === 200) acknowledged.add(n)
    }
  }
  await Promise.all(Array.from({ length: 16 }, connection))
  await server.ended
  agent.destroy()
}

function post(url: string, agent: Agent, n: number): Promise<number | undefined> {
  const command = 'Group.CallbackAfterGroupFull'
  const body = JSON.stringify({ CallbackCommand: command, GroupId: `@TGS#${n % 97}`, EventTime: n })
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

/** Waits until every acknowledged callback is accounted for, or nothing has happened for a while. */
async function settled(
  folder: string,
  acknowledged: ReadonlySet<number>,
): Promise<Pick<CrashFigures, 'lost' | 'deadLetters' | 'repeats'>> {
  let seen = -1
  for (;;) {
    const dead = deadLetters(folder)
    const handled = PLUGINS.map((name) => ({ name, numbers: readLog(folder, name) }))
    const lost = handled.reduce((sum, { name, numbers }) => {
      const known = new Set(numbers)
      return sum + [...acknowledged].filter((n) => !known.has(n) && !dead.has(`${name} ${n}`)).length
    }, 0)
    const lines = handled.reduce((sum, { numbers }) => sum + numbers.length, dead.size)
    const repeats = handled.reduce((sum, { numbers }) => sum + numbers.length - new Set(numbers).size, 0)
    if (lost === 0 || lines === seen) return { lost, deadLetters: dead.size, repeats }
    seen = lines
    // Other processes write these files: there is no event to wait for.
    await delay(1500)
  }
}

function readLog(folder: string, name: string): number[] {
  return readFileSync(join(folder, 'config', `${name}.log`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(Number)
}

function deadLetters(folder: string): Set<string> {
  const database = new Database(join(folder, 'data', 'timhook.db'))
  const rows = database.all('SELECT plugin, raw FROM dead_letters d JOIN callbacks c ON c.seq = d.seq')
  database.close()
  return new Set(
    rows.map(({ plugin, raw }) => `${String(plugin)} ${(JSON.parse(String(raw)) as { EventTime: number }).EventTime}`),
  )
}

async function startQuiet(folder: string): Promise<StartedServer> {
  return startCommand(folder, ['--port', '0'])
}
