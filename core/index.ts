import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Middleware, Next } from 'koa'
import { checkConfig } from '../config/read/read.ts'
import type { ConfigInput } from '../config/schema/schema.ts'
import { Bus } from './observe/bus.ts'
import { maskText } from '../config/mask-text.ts'
import { getKey } from '../config/schema/objects.ts'
import type { ConfigReading } from '../config/read/reading.ts'
import { compose, prepare, type Running, warningsOf } from './runtime.ts'
import { describeError } from './errors.ts'
import { trustedProxies } from './http/answer/requester.ts'
import { createMiddleware, handlerOf, unavailable } from './http/app.ts'
import {
  type FastifyReply,
  type FastifyRequest,
  Mount,
  type NodeRequest,
  type ReceivedRequest,
  type WebhookAnswer,
} from './http/mount.ts'
import { createLogger, type Logger } from './observe/log.ts'
import { maskedLog } from './observe/masked-log.ts'
import { logEvents } from './observe/log-events.ts'

export { type ConfigInput, defineConfig } from '../config/schema/schema.ts'
export { ConfigError } from '../config/faults.ts'
export { Bus, type BusEvents } from './observe/bus.ts'
export { type ErrorCode, TimhookError } from './errors.ts'

export type { FastifyReply, FastifyRequest, NodeRequest, ReceivedRequest, WebhookAnswer }

/** The part of Koa's context that the middleware's type needs. Koa 2 and Koa 3 both have it. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly path: string
}

export type KoaMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

/**
 * The webhook for a server of your own. It answers requests to `server.path` and leaves all others alone. A body that
 * was read before is taken from `req.rawBody` or `req.body`; if nothing is there, the answer is 500 and says so.
 */
export interface Dispatcher {
  /** The bus, for observers. */
  readonly bus: Bus
  /** Resolves once the plugins are set up; rejects with ConfigError or PLUGIN_SETUP_FAILED. */
  ready(): Promise<void>
  /** For Koa 2 and 3: hands requests to other paths to the next middleware. */
  middleware(): KoaMiddleware
  /**
   * For node:http, Express and Fastify, with request and response of theirs. Resolves with whether it has answered;
   * false for another path.
   */
  handle(request: NodeRequest | FastifyRequest, response: ServerResponse | FastifyReply): Promise<boolean>
  /** For web-standard servers such as Hono. Another path gets 404. */
  fetch(request: Request): Promise<Response>
  /** Without HTTP, such as in a cloud function: takes query and body, and resolves with what to answer. */
  receive(request: ReceivedRequest): Promise<WebhookAnswer>
  /** Lets handlers finish, at most `graceMs` milliseconds (default 10000), and closes the plugins. */
  close(graceMs?: number): Promise<void>
}

/**
 * Creates the webhook from a config object; its `server.host` and `port` are ignored. Setup starts at once, and
 * requests wait for it. If it fails, they are answered 503. Secrets of the config are masked in the log.
 */
export function createDispatcher(config: ConfigInput, options: { log?: Logger; bus?: Bus } = {}): Dispatcher {
  const { bus = new Bus() } = options
  const reading = checkConfig(config, { env: process.env })
  const mask = (text: string): string => maskText(text, reading.secrets)
  const log = options.log
    ? maskedLog(options.log, mask)
    : createLogger({ level: reading.config?.log.level ?? 'info', mask })
  logEvents(bus, log, reading.config?.log)
  const starting = start(reading, bus, log)
  // An unhandled rejection must not end the process if nobody calls ready().
  starting.catch((error: unknown) => log.error(`timhook could not start: ${describeError(error)}`))
  const paths = pathsOf(reading, config)
  // Requests to other paths neither wait for our plugins nor fail with us.
  const webhook: Middleware = async (ctx, next) => {
    const { middleware } = await starting.catch(() => ({ middleware: unavailable(bus) }))
    return middleware(ctx, next)
  }
  const mount = new Mount(paths, handlerOf(webhook))
  return {
    bus,
    async ready() {
      await starting
    },
    middleware: () => (ctx, next) => (paths.includes(ctx.path) ? webhook(ctx as Context, next as Next) : next()),
    handle: (request, response) => mount.handle(request, response),
    fetch: (request) => mount.fetch(request),
    receive: (request) => mount.receive(request),
    async close(graceMs = 10_000) {
      const { running } = await starting
      bus.emit('server:closed', await running.stop(graceMs))
    },
  }
}

/** Known before the plugins are set up. A faulty config gives the paths that can be read. */
function pathsOf({ config }: ConfigReading, input: ConfigInput): readonly unknown[] {
  const path = config?.server.path ?? getKey(getKey(input, 'server'), 'path') ?? '/'
  return Array.isArray(path) ? path : [path]
}

async function start(
  reading: ConfigReading,
  bus: Bus,
  log: Logger,
): Promise<{ running: Running; middleware: Middleware }> {
  const prepared = await prepare(reading, (line) => log.warn(line))
  for (const warning of warningsOf(prepared)) log.warn(warning)
  const running = await compose(prepared, { bus, log })
  const { bodyLimit, trustProxy } = prepared.config.server
  const proxies = trustedProxies(trustProxy)
  return { running, middleware: createMiddleware({ ...running, bus, bodyLimit, proxies }) }
}
