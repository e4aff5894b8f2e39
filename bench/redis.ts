import { createRedisDelivery } from '../core/delivery/engines/redis/open-redis.ts'
import { Bus } from '../core/observe/bus.ts'
import { createLogger } from '../core/observe/log.ts'
import { createRegistry } from '../core/registry.ts'
import { openRedis } from '../core/store/redis/client.ts'
import { accept, callback, pluginOf } from '../test/delivery/engines/sqlite/run-sqlite.ts'
import { mochaHooks } from '../test/harness/hooks.ts'
import { startRedis } from '../test/harness/servers/redis.ts'

// By hand: npm run build && node dist/bench/redis.js [callbacks] [plugins] [producers]
const [count = 50_000, plugins = 1, producers = 64] = process.argv.slice(2).map(Number)
const ROUNDS = 5

const { url } = await startRedis()
const log = createLogger({ level: 'silent' })
const connection = await openRedis({ url, prefix: 'bench', durability: 'strict' }, { log })
let left = 0
let drained: () => void = () => undefined
const handle = (): void => {
  left--
  if (left === 0) drained()
}
const all = Array.from({ length: plugins }, (_, n) => pluginOf(`p${n}`, handle, { pool: { concurrency: 64 } }))
const registry = createRegistry(all)
const delivery = createRedisDelivery({
  registry,
  bus: new Bus(),
  connection,
  resendWindow: 600_000,
  retention: { age: 1e12, size: 1e15, deadLetters: 1e12 },
})
await delivery.start()

let next = 0
for (let round = 1; round <= ROUNDS; round++) {
  const until = next + count / ROUNDS
  const number = until - next
  left = number * plugins
  const isDrained = new Promise<void>((resolve) => (drained = resolve))
  const latencies: number[] = []
  const cpu = process.cpuUsage()
  const redisCpu = await redisSeconds()
  const startedAt = performance.now()
  const producer = async (): Promise<void> => {
    while (next < until) {
      const n = next++
      const sentAt = performance.now()
      await accept(delivery, registry, callback(n, `@TGS#${n % 5000}${'x'.repeat(400)}`))
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: producers }, producer))
  const appendedMs = performance.now() - startedAt
  await isDrained
  const drainedMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((a, b) => a - b)
  const figures = {
    appendsPerSecond: Math.round((number * 1000) / appendedMs),
    deliveredPerSecond: Math.round((number * plugins * 1000) / drainedMs),
    p50Ms: Number(latencies[Math.floor(number * 0.5)]?.toFixed(2)),
    p99Ms: Number(latencies[Math.floor(number * 0.99)]?.toFixed(2)),
    cpuMicros: Math.round((user + system) / number),
    redisCpuMicros: Math.round((((await redisSeconds()) - redisCpu) * 1e6) / number),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
await delivery.stop(1000)
await delivery.end('clean')
await connection.close()
await mochaHooks.afterEach()
process.exit(0)

async function redisSeconds(): Promise<number> {
  const info = await connection.client.info('cpu')
  const of = (name: string): number => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1])
  return of('used_cpu_user') + of('used_cpu_sys')
}
