import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { folderWith, startCommand } from '../test/harness/cli.ts'
import { mochaHooks } from '../test/harness/hooks.ts'

// By hand: npm run build && node dist/bench/latency.js [seconds] [connections]
const [seconds = 15, connections = 16] = process.argv.slice(2).map(Number)
const APP = 1400000000
const WARM_UP_MS = 2000
const LOOP_EVERY_MS = 1000

const CONFIG = `
server: { port: 0, drainMs: 0 }
admin: false
apps: [{ sdkAppId: ${APP}, unsigned: true }]
log: { level: info }
plugins: [{ use: ./sleeps.mjs }, { use: ./hangs.mjs }, { use: ./loops.mjs }]
`

const plugin = (name: string, pattern: string, body: string): string => `
import { openSync, writeSync } from 'node:fs'
const file = openSync(new URL('./${name}.log', import.meta.url), 'a')
const now = () => performance.timeOrigin + performance.now()
export default { name: '${name}', handlers: { '${pattern}': async () => { ${body} } } }
`
const LOOP = `
  const from = now()
  while (now() - from < 200);
  writeSync(file, from + ' ' + now() + '\\n')`

interface Answer {
  readonly from: number
  readonly to: number
  readonly status: number | undefined
}

const now = (): number => performance.timeOrigin + performance.now()
const agent = new Agent({ keepAlive: true, maxSockets: connections + 1 })

function post(url: string, command: string, n: number): Promise<Answer> {
  const body = JSON.stringify({ CallbackCommand: command, GroupId: `@TGS#${n % 97}`, EventTime: n })
  const from = now()
  return new Promise((resolve, reject) => {
    const target = `${url}?SdkAppid=${APP}&CallbackCommand=${command}`
    const sending = request(target, { method: 'POST', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve({ from, to: now(), status: response.statusCode }))
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

/** How many milliseconds of an answer's time the looping handler blocked the only thread. */
function blockedMs({ from, to }: Answer, loops: readonly (readonly [number, number])[]): number {
  return loops.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0)
}

function percentiles(times: readonly number[]): Record<string, number> {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => Number((sorted[Math.ceil(sorted.length * part) - 1] ?? 0).toFixed(1))
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) }
}

async function measure(withLoops: boolean): Promise<object> {
  const folder = await folderWith({
    'config/plugins.yaml': CONFIG,
    'config/sleeps.mjs': plugin('sleeps', 'Group.*', 'await new Promise((resolve) => setTimeout(resolve, 10_000))'),
    'config/hangs.mjs': plugin('hangs', 'Group.*', 'await new Promise(() => undefined)'),
    'config/loops.mjs': plugin('loops', 'Loop.*', LOOP),
  })
  const { url, child, ended } = await startCommand(folder)
  const startedAt = now()
  const endsAt = startedAt + WARM_UP_MS + seconds * 1000
  const answers: Answer[] = []
  let n = 0
  const connection = async (): Promise<void> => {
    while (now() < endsAt) answers.push(await post(url, 'Group.CallbackAfterGroupFull', n++))
  }
  const looping = async (): Promise<void> => {
    if (!withLoops) return
    for (; now() < endsAt; await delay(LOOP_EVERY_MS)) await post(url, 'Loop.CallbackAfterLoop', n++)
  }
  await Promise.all([looping(), ...Array.from({ length: connections }, connection)])
  child.kill('SIGKILL')
  await ended
  const loops = readFileSync(join(folder, 'config', 'loops.log'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ').map(Number) as [number, number])
  const counted = answers.filter(({ from }) => from > startedAt + WARM_UP_MS)
  return {
    handlers: withLoops ? 'sleep 10 s, hang, loop 200 ms every second' : 'sleep 10 s, hang',
    answers: counted.length,
    failed: counted.filter(({ status }) => status !== 200).length,
    ms: percentiles(counted.map(({ from, to }) => to - from)),
    ...(withLoops && {
      loops: loops.length,
      msWithoutTheLoops: percentiles(counted.map((answer) => answer.to - answer.from - blockedMs(answer, loops))),
    }),
  }
}

for (const withLoops of [false, true]) process.stdout.write(`${JSON.stringify(await measure(withLoops))}\n`)
agent.destroy()
await mochaHooks.afterEach()
