import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Bus } from '../core/observe/bus.ts'
import { createSqliteDelivery } from '../core/delivery/engines/sqlite/open-sqlite.ts'
import { SqliteClient } from '../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { createRegistry, type RunningPlugin } from '../core/registry.ts'
import { accept, callback } from '../test/delivery/engines/sqlite/run-sqlite.ts'

// By hand: npm run build && node dist/bench/restart.js [callbacks]
// Each step has its own process, so that their memory is measured separately.
const unused = undefined as never
const handle = (): Promise<void> => new Promise(() => undefined)
const spec = {
  handle,
  timeoutMs: 1e9,
  onFailure: undefined,
  retry: { attempts: 1, minMs: 1, maxMs: 1 },
  ordered: false,
  faulty: false,
  pool: { concurrency: 16 },
}
const given = {
  options: {},
  state: undefined,
  log: unused,
  store: unused,
  rest: unused,
  emit: () => undefined,
  count: () => undefined,
  instance: 'test',
  only: {},
}
const plugins = ['a', 'b', 'c'].map((id): RunningPlugin => ({ id, ...given, handlers: new Map([['*', spec]]) }))
const rssMb = (): number => Math.round(process.memoryUsage().rss / 2 ** 20)

const registry = createRegistry(plugins)

async function open(
  file: string,
  resendWindow: number,
): Promise<{ delivery: ReturnType<typeof createSqliteDelivery>; client: SqliteClient }> {
  const client = await SqliteClient.open(file)
  const retention = { age: 1e12, size: 1e15, deadLetters: 1e12 }
  const delivery = createSqliteDelivery({ registry, bus: new Bus(), client, file, resendWindow, retention })
  await delivery.start()
  return { delivery, client }
}

async function fill(file: string, count: number): Promise<object> {
  const { delivery, client } = await open(file, 0)
  const startedAt = performance.now()
  for (let n = 0; n < count; n += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - n) }, (_, index) => n + index)
    await Promise.all(
      batch.map(async (m) => accept(delivery, registry, callback(m, `@TGS#${m % 5000}${'x'.repeat(300)}`))),
    )
  }
  const perSecond = Math.round((count * 1000) / (performance.now() - startedAt))
  await delivery.stop(0)
  await client.close('failed')
  return { stored: count, perSecond, fileMb: Math.round((await stat(file)).size / 2 ** 20), rssMb: rssMb() }
}

/** @param resendWindow milliseconds; callbacks within it are loaded, which takes memory */
async function restart(file: string, resendWindow: number): Promise<object> {
  const before = rssMb()
  const startedAt = performance.now()
  const { delivery, client } = await open(file, resendWindow)
  const readyMs = Math.round(performance.now() - startedAt)
  const after = rssMb()
  await delivery.stop(0)
  await client.close('failed')
  return { resendWindowMs: resendWindow, readyMs, rssBeforeMb: before, rssAfterMb: after }
}

const [first = '', file = '', number = ''] = process.argv.slice(2)
if (first === 'fill' || first === 'restart') {
  const figures = first === 'fill' ? await fill(file, Number(number)) : await restart(file, Number(number))
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  process.exit(0)
}

const folder = await mkdtemp(join(tmpdir(), 'timhook-restart-'))
const stored = join(folder, 'timhook.db')
const count = first === '' ? '1000000' : first
for (const args of [
  ['fill', stored, count],
  ['restart', stored, '0'],
  ['restart', stored, '600000'],
]) {
  await once(fork(fileURLToPath(import.meta.url), args), 'exit')
}
await rm(folder, { recursive: true })
