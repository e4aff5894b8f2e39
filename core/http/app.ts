import type { IncomingMessage, ServerResponse } from 'node:http'
import { Router } from '@koa/router'
import type { Bus } from '../bus.ts'
import Koa, { type Middleware } from 'koa'
import { createWebhook, type Webhook, type WebhookParts } from './webhook.ts'
import { Refusal } from './refusal.ts'
import { refuse } from './refuse.ts'
import { createShortWay, type ShortWay } from './short-way.ts'
import { createRoute } from './route.ts'

export interface AppParts extends WebhookParts {
  readonly bus: Bus
  readonly paths: readonly string[]
  /** Bytes. */
  readonly bodyLimit: number
  /** Whether the server is about to close: answers then ask the client to close the connection. */
  readonly isDraining: () => boolean
}

/** The Koa application of a server of our own: the webhook's routes, and 404 for everything else. */
export function createApp(parts: AppParts): Koa {
  const webhook = createWebhook(parts)
  const app = new WebhookApp(createShortWay({ ...parts, webhook }))
  // Koa's own report would print whatever an error holds; refuse() has told the bus already.
  app.silent = true
  app.use(async (ctx, next) => {
    if (parts.isDraining()) ctx.set('Connection', 'close')
    await next()
  })
  app.use(refuse(parts.bus))
  app.use(routes(parts, webhook))
  app.use(() => {
    throw new Refusal(404, 'path: not one of server.path')
  })
  return app
}

const taken = Promise.resolve()

/** A Koa application that makes no context for requests on the short way: making one is a tenth of what they cost. */
class WebhookApp extends Koa {
  readonly #shortWay: ShortWay

  constructor(shortWay: ShortWay) {
    super()
    this.#shortWay = shortWay
  }

  override callback(): ReturnType<Koa['callback']> {
    const handle = super.callback()
    return (request, response) => {
      // Koa's types allow for HTTP/2, which nothing here serves.
      const isTaken = this.#shortWay(request as IncomingMessage, response as ServerResponse, handle)
      return isTaken ? taken : handle(request, response)
    }
  }
}

/** The webhook for an app of somebody else's, which hands it the requests to these paths alone. */
export function createMiddleware(parts: Omit<AppParts, 'isDraining'>): Middleware {
  const guard = refuse(parts.bus)
  const route = routes(parts, createWebhook(parts))
  return async (ctx, next) => {
    await guard(ctx, async () => {
      await route(ctx, next)
    })
  }
}

/** Answers in place of a webhook that could not be set up. */
export function unavailable(bus: Bus): Middleware {
  const guard = refuse(bus)
  return (ctx) => guard(ctx, () => Promise.reject(new Refusal(503, 'timhook: could not start; the log has the reason')))
}

function routes({ paths, bodyLimit }: Pick<AppParts, 'paths' | 'bodyLimit'>, webhook: Webhook): Middleware {
  const router = new Router({ strict: true, sensitive: true })
  const handle = createRoute(webhook, bodyLimit)
  for (const path of paths) router.all(path, handle)
  return router.routes() as unknown as Middleware
}
