import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { folderWith } from '../test/harness/cli.ts'
import { mochaHooks } from '../test/harness/hooks.ts'
import { holdSocket, isListening } from '../test/harness/socket-holder.ts'

// By hand: npm run build && node dist/bench/handover.js [requests a second]
// Restarts a server whose socket a service manager holds, under load that does not wait for answers.
const [rate = 500] = process.argv.slice(2).map(Number)
const AROUND_MS = 3000
const TICK_MS = 10
const APP = 1400000000
const COMMAND = 'Group.CallbackAfterGroupFull'
const CONFIG = `
server: { drainMs: 1000 }
admin: false
apps: [{ sdkAppId: ${APP}, unsigned: true }]
log: { callbacks: none }
plugins: [{ use: group-full }]
`
const kept = new Agent({ keepAlive: true })

/** Resolves with the status, or the code of the error, and how long it took. */
function post(url: string, n: number): Promise<{ outcome: number | string; ms: number }> {
  const from = performance.now()
  const body = JSON.stringify({ CallbackCommand: COMMAND, GroupId: `@TGS#${n}`, EventTime: n })
  const target = `${url}?SdkAppid=${APP}&CallbackCommand=${COMMAND}`
  return new Promise((resolve) => {
    const end = (outcome: number | string): void => resolve({ outcome, ms: performance.now() - from })
    // Every other one with a connection of its own.
    const sent = request(target, { method: 'POST', agent: n % 2 === 0 ? kept : false }, (response) => {
      response.resume().once('end', () => end(response.statusCode ?? 0))
    })
    sent.once('error', ({ code = 'error' }: NodeJS.ErrnoException) => end(code))
    sent.end(body)
  })
}

const next = holdSocket(await folderWith({ 'config/plugins.yaml': CONFIG }))
const { pid: first = 0 } = await next(({ pid }) => pid !== undefined)
const { url = '' } = await next(isListening)

const answers: ReturnType<typeof post>[] = []
const startedAt = performance.now()
const load = setInterval(() => {
  const due = ((performance.now() - startedAt) * rate) / 1000
  while (answers.length < due) answers.push(post(url, answers.length))
}, TICK_MS)
await delay(AROUND_MS)
process.kill(first, 'SIGTERM')
const { pid: second = 0 } = await next(({ pid }) => pid !== undefined)
const endedAt = performance.now()
await next(isListening)
const gapMs = Math.round(performance.now() - endedAt)
await delay(AROUND_MS)
clearInterval(load)

const all = await Promise.all(answers)
const times = all.map(({ ms }) => ms).toSorted((one, other) => one - other)
const at = (part: number): number => Math.round(times[Math.ceil(times.length * part) - 1] ?? 0)
const refused = all.filter(({ outcome }) => outcome !== 200).map(({ outcome }) => outcome)
const figures = {
  rate,
  sent: all.length,
  refused: refused.length,
  gapMs,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  worstMs: at(1),
}
process.stdout.write(
  `${JSON.stringify({ ...figures, ...(refused.length > 0 && { outcomes: [...new Set(refused)] }) })}\n`,
)
process.kill(second, 'SIGTERM')
kept.destroy()
await mochaHooks.afterEach()
