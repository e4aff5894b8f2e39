import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bus } from '../core/bus.ts'
import { createSqliteDelivery } from '../core/delivery/sqlite/delivery.ts'
import { Link } from '../core/delivery/sqlite/link.ts'
import { createRegistry, type RunningPlugin } from '../core/registry.ts'
import { callback } from '../test/delivery/engines.ts'

// By hand: npm run build && node dist/bench/restart.js [callbacks]
const [count = 1_000_000] = process.argv.slice(2).map(Number)
const folder = await mkdtemp(join(tmpdir(), 'timhook-restart-'))
const file = join(folder, 'timhook.db')
const unused = undefined as never
const handle = (): Promise<void> => new Promise(() => undefined)
const spec = {
  handle,
  timeoutMs: 1e9,
  onFailure: undefined,
  retry: { attempts: 1, minMs: 1, maxMs: 1 },
  ordered: false,
  pool: { concurrency: 16 },
}
const given = {
  options: {},
  state: undefined,
  log: unused,
  store: unused,
  rest: unused,
  emit: () => undefined,
  only: {},
}
const plugins = ['a', 'b', 'c'].map((id): RunningPlugin => ({ id, ...given, handlers: new Map([['*', spec]]) }))

async function open(): Promise<{ delivery: ReturnType<typeof createSqliteDelivery>; link: Link }> {
  const link = await Link.open(file)
  const retention = { age: 1e12, size: 1e15, deadLetters: 1e12 }
  const registry = createRegistry(plugins)
  const delivery = createSqliteDelivery({ registry, bus: new Bus(), link, file, resendWindow: 600_000, retention })
  await delivery.start()
  return { delivery, link }
}

const first = await open()
const filledAt = performance.now()
for (let n = 0; n < count; n += 1000) {
  const batch = Array.from({ length: Math.min(1000, count - n) }, (_, index) => n + index)
  await Promise.all(batch.map((m) => first.delivery.accept(callback(m, `@TGS#${m % 5000}${'x'.repeat(300)}`))))
}
const perSecond = Math.round((count * 1000) / (performance.now() - filledAt))
await first.delivery.stop(0)
await first.link.close('failed')

const restartedAt = performance.now()
const before = process.memoryUsage().rss
const second = await open()
const readyMs = Math.round(performance.now() - restartedAt)
const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20)
process.stdout.write(
  `${JSON.stringify({ count, appendsPerSecond: perSecond, readyMs, rssMb, rssBeforeMb: Math.round(before / 2 ** 20) })}\n`,
)
await second.delivery.stop(0)
await second.link.close('clean')
await rm(folder, { recursive: true })
process.exit(0)
