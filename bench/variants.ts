import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { APP, TOKEN } from './load/callbacks.ts'
import { hasPostgres, startPostgres } from '../test/harness/servers/postgres.ts'
import { hasRedis, startRedis } from '../test/harness/servers/redis.ts'
import { orderPlugin, type Cores, NotAvailable, type Started, startProcess } from './load/processes.ts'

const CLI = resolve('dist/core/cli/main.js')
const COUNTING = resolve('dist/bench/plugins/counting.js')

/** A server to measure. */
export interface Variant {
  readonly name: string
  start(cores: Cores): Promise<Started>
  /** Whether it gets the body of each request in a separate segment. */
  readonly split?: boolean
  /** Before the first window. */
  readonly prepare?: (started: Started) => Promise<void>
  /** Runs after each window, with how many callbacks were answered so far. Returns figures to add to the window. */
  readonly settle?: (started: Started, answered: number) => Promise<{ behindMs: number }>
}

const rival = (name: string): Variant => ({
  name,
  start: (cores) => startProcess([process.execPath, resolve(`dist/bench/servers/${name}.js`)], '.', cores),
})

/** How timhook is started, apart from its engine. */
export interface Setup {
  /** Entries of `plugins:`; by default one plugin that counts. */
  readonly plugins?: readonly object[]
  /** Further arguments of the command line. */
  readonly args?: readonly string[]
  readonly delivery?: object
  readonly log?: object
  /** Over Redis: each process gets its own key prefix, so that they share only the Redis. */
  readonly isApart?: boolean
}

export const counting = { use: COUNTING, timeoutMs: 600_000 }

/** The server as a user starts it: the command, a config file, and the plugin from a file. */
export function timhook(
  name: string,
  engine: string,
  { plugins = [counting], args = [], delivery, log, isApart = false }: Setup = {},
): Variant {
  return {
    name,
    async start(cores) {
      const folder = mkdtempSync(join(tmpdir(), 'timhook-bench-'))
      const config = {
        server: { port: 0, drainMs: 0 },
        admin: false,
        apps: [{ sdkAppId: APP, tokens: [TOKEN] }],
        delivery: { engine, ...delivery },
        plugins,
        ...(log && { log }),
      }
      const file = join(folder, isApart ? 'timhook.mjs' : 'timhook.yaml')
      writeFileSync(file, isApart ? apart(config) : JSON.stringify(config))
      const command = [process.execPath, CLI, 'start', '--config', file, ...args]
      const remove = (): void => rmSync(folder, { recursive: true, force: true })
      try {
        const started = await startProcess(command, folder, cores)
        return { ...started, stop: () => started.stop().finally(remove) }
      } catch (error) {
        remove()
        throw error
      }
    },
  }
}

/** A config that every process reads by itself. */
function apart(config: object): string {
  return [
    `const config = ${JSON.stringify(config)}`,
    'config.delivery.redis.prefix = `timhook-${process.pid}`',
    'export default config',
  ].join('\n')
}

export const bare = rival('bare')
export const rivals = [rival('fastify'), rival('hono'), rival('express')]
export const memory = timhook('timhook memory', 'memory')
export const sqlite = timhook('timhook sqlite', 'sqlite')
export const redis = overRedis('timhook redis')
export const postgres = overPostgres('timhook postgres')

/** With its own redis-server on any core. Its processor time is shown next to the server's. */
export function overRedis(name: string, setup: Setup = {}): Variant {
  return {
    name,
    async start(cores) {
      if (!hasRedis) throw new NotAvailable('redis-server is not installed')
      const server = await startRedis()
      const started = await timhook(name, 'redis', { ...setup, delivery: { redis: { url: server.url } } }).start(cores)
      const stop = async (): Promise<void> => {
        await started.stop()
        await server.kill()
      }
      return { ...started, storePid: server.pid, stop }
    },
  }
}

/** With its own PostgreSQL on any core, which commits to disk before each answer. */
export function overPostgres(name: string, setup: Setup = {}): Variant {
  return {
    name,
    async start(cores) {
      if (!hasPostgres) throw new NotAvailable('postgresql is not installed')
      const server = await startPostgres()
      const delivery = { postgres: { url: server.url } }
      const started = await timhook(name, 'postgres', { ...setup, delivery }).start(cores)
      const stop = async (): Promise<void> => {
        await started.stop()
        await server.kill()
      }
      return { ...started, storePid: server.pid, stop }
    },
  }
}

/** Only storing: the handlers wait from the first callback on, so nothing else is delivered. */
export const paused: Variant = {
  ...timhook('sqlite paused', 'sqlite'),
  async prepare(started) {
    await orderPlugin(started, 'hold')
  },
}

/** The same server, with the body of each request in a separate segment. */
export function split(variant: Variant): Variant {
  return { ...variant, name: `${variant.name}, split`, split: true }
}

const PATIENCE_MS = 10_000

/** Storing and delivering: each window ends when the plugin has received every answered callback. */
export const sustained: Variant = { ...timhook('sqlite sustained', 'sqlite'), settle: untilDelivered }

/** How long after the load the last callback reached the plugin, milliseconds; Infinity when it did not. */
export async function untilDelivered(started: Started, answered: number): Promise<{ behindMs: number }> {
  const endedAt = performance.now()
  for (;;) {
    const count = await orderPlugin(started, 'count')
    const behindMs = performance.now() - endedAt
    if (count >= answered) return { behindMs }
    if (behindMs > PATIENCE_MS) return { behindMs: Infinity }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The same in Go, where Go is installed. */
export function go(): Variant[] {
  const binary = join(tmpdir(), `timhook-bench-go-${process.pid}`)
  const built = spawnSync('go', ['build', '-o', binary, resolve('bench/go/main.go')], { stdio: 'ignore' })
  if (built.status !== 0) return []
  process.once('exit', () => rmSync(binary, { force: true }))
  return [{ name: 'go net/http', start: (cores) => startProcess([binary], '.', cores) }]
}
