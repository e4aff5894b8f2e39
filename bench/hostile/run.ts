import { fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { mochaHooks } from '../../test/harness/hooks.ts'
import { Pool } from '../load/pool.ts'
import { attacks } from './attacks.ts'
import { startTarget } from './server.ts'

// npm run bench:hostile -- [--seconds N] [--only NAME,…]: attacks a server on this machine, next to good traffic. It
// fails unless 99 % of the good traffic is answered within 250 ms, and the server stays within 200 MB of its idle memory.
const MAX_P99_MS = 250
const MAX_MB = 200
const RATE = 200
const CONNECTIONS = 16
const IDLE_MS = 1000

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, only: { type: 'string', default: '' } },
})
const seconds = Number(values.seconds)
const names = values.only.split(',').filter(Boolean)
const unknown = names.find((name) => attacks.every((attack) => attack.name !== name))

interface Row {
  readonly attack: string
  readonly 'good answers': number
  readonly refused: number
  readonly 'p50 ms': number
  readonly 'p99 ms': number
  readonly 'idle MB': number
  readonly 'peak MB': number
  readonly 'log kB': number
}

/** Resolves when the attack is over. */
async function attack(name: string, port: number): Promise<void> {
  const file = new URL('./attacker.js', import.meta.url).pathname
  await once(fork(file, [name, `${port}`, `${seconds}`]), 'exit')
}

async function measure(name: string | undefined, what: string): Promise<Row> {
  const target = await startTarget()
  const { port } = target
  const pool = new Pool({ port, connections: CONNECTIONS, kind: 'full' })
  try {
    await pool.ready()
    await pool.load({ port, warmupMs: 0, windowMs: IDLE_MS, rate: RATE })
    const idleMb = target.peakMb()
    const logged = target.logBytes()
    const ended = name === undefined ? undefined : attack(name, port)
    const good = await pool.load({ port, warmupMs: 0, windowMs: seconds * 1000, rate: RATE })
    const peakMb = target.peakMb()
    await ended
    return {
      attack: what,
      'good answers': good.answers,
      refused: good.refused,
      'p50 ms': Number(good.p50.toFixed(1)),
      'p99 ms': Number(good.p99.toFixed(1)),
      'idle MB': Math.round(idleMb),
      'peak MB': Math.round(peakMb),
      'log kB': Math.round((target.logBytes() - logged) / 1024),
    }
  } finally {
    pool.close()
    await target.stop()
  }
}

if (!(seconds > 0 && seconds <= 600) || unknown !== undefined) {
  const all = attacks.map(({ name }) => name).join(', ')
  process.stderr.write(`--seconds takes 1 to 600, --only some of ${all}${unknown ? `; there is no ${unknown}` : ''}\n`)
  process.exitCode = 2
} else {
  const rows = [await measure(undefined, 'nothing')]
  for (const { name, what } of attacks)
    if (names.length === 0 || names.includes(name)) rows.push(await measure(name, what))
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
  const isHurt = rows.some((row) => row['p99 ms'] >= MAX_P99_MS || row['peak MB'] - row['idle MB'] > MAX_MB)
  process.stdout.write(
    isHurt ? `ABOVE ${MAX_P99_MS} ms or ${MAX_MB} MB\n` : `within ${MAX_P99_MS} ms and ${MAX_MB} MB\n`,
  )
  // Cleans up the helpers of the tests as the tests do.
  await mochaHooks.afterEach()
}
