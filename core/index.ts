import type { Middleware } from 'koa'
import { checkConfig } from '../config/read.ts'
import type { ConfigInput } from '../config/schema.ts'
import { Bus } from './bus.ts'
import { compose, prepare, type Running } from './compose.ts'
import { createMiddleware } from './http/app.ts'
import { createLogger, type Logger } from './log.ts'
import { logEvents } from './observe.ts'

export { defineConfig } from '../config/define-config.ts'
export type { ConfigInput } from '../config/schema.ts'
export { ConfigError } from '../config/faults.ts'
export { Bus, type BusEvents } from './bus.ts'
export { type ErrorCode, TimhookError } from './errors.ts'

/** The webhook for a Koa app of your own. */
export interface Dispatcher {
  /** Where observers listen. */
  readonly bus: Bus
  /** Resolves once the plugins are set up; rejects with ConfigError or PLUGIN_SETUP_FAILED. */
  ready(): Promise<void>
  /** Answers the requests to `server.path` and leaves all others to what stands behind it. */
  middleware(): Middleware
  /** Lets handlers finish, at most `graceMs` milliseconds (default 10000), and closes the plugins. */
  close(graceMs?: number): Promise<void>
}

/**
 * Makes a dispatcher from a config object; its `server.host` and `port` are not used. Setting up starts at once, and
 * requests wait for it.
 */
export function createDispatcher(config: ConfigInput, options: { log?: Logger; bus?: Bus } = {}): Dispatcher {
  const { bus = new Bus(), log = createLogger() } = options
  logEvents(bus, log)
  const starting = start(config, bus, log)
  // Whoever asks for ready() or sends a request hears of a failure; nobody asking must not end the process.
  starting.catch(() => undefined)
  return {
    bus,
    async ready() {
      await starting
    },
    middleware() {
      return async (ctx, next) => {
        const { middleware } = await starting
        await middleware(ctx, next)
      }
    },
    async close(graceMs = 10_000) {
      const { running } = await starting
      bus.emit('server:closed', await running.stop(graceMs))
    },
  }
}

async function start(
  config: ConfigInput,
  bus: Bus,
  log: Logger,
): Promise<{ running: Running; middleware: Middleware }> {
  const prepared = await prepare(checkConfig(config, { env: process.env }))
  const running = await compose(prepared, { bus, log })
  const { bodyLimit } = prepared.config.server
  return { running, middleware: createMiddleware({ ...running, bus, bodyLimit }) }
}
