import type { IncomingMessage, ServerResponse } from 'node:http'
import { Router } from '@koa/router'
import type { Bus } from '../observe/bus.ts'
import Koa, { type Middleware } from 'koa'
import { BodyBudget } from './body/body-budget.ts'
import { createWebhook, type WebhookParts } from './webhook.ts'
import { HttpError } from './answer/http-error.ts'
import { refuse } from './error-handler.ts'
import { createRefuser } from './answer/refuser.ts'
import { createShortWay, type ShortWay } from './fast-path.ts'
import { createRoute, type RouteParts } from './koa-route.ts'

export interface AppParts extends WebhookParts {
  readonly bus: Bus
  readonly paths: readonly string[]
  /** Bytes. */
  readonly bodyLimit: number
  /** Bytes of bodies that may be under way in sum; a test has a smaller one. */
  readonly budget?: BodyBudget
  /** Proxies in front of us, which add to `X-Forwarded-For`. */
  readonly proxies?: number
  /** Whether the server is about to close: answers then ask the client to close the connection. */
  readonly isDraining: () => boolean
}

/** The Koa application of a server of our own: the webhook's routes, and 404 for everything else. */
export function createApp(parts: AppParts): Koa {
  const route = routeParts(parts)
  const app = new WebhookApp(createShortWay({ ...parts, ...route }))
  // Koa's own report would print whatever an error holds; refuse() has told the bus already.
  app.silent = true
  app.use(async (ctx, next) => {
    if (parts.isDraining()) ctx.set('Connection', 'close')
    await next()
  })
  app.use(refuse(route.refuser))
  app.use(routes(parts.paths, route))
  app.use(() => {
    throw new HttpError(404, 'path: not one of server.path')
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
  const inside = routeParts(parts)
  const guard = refuse(inside.refuser)
  const route = routes(parts.paths, inside)
  return async (ctx, next) => {
    await guard(ctx, async () => {
      await route(ctx, next)
    })
  }
}

/** Answers in place of a webhook that could not be set up. */
export function unavailable(bus: Bus): Middleware {
  const guard = refuse(createRefuser(bus))
  return (ctx) =>
    guard(ctx, () => Promise.reject(new HttpError(503, 'timhook: could not start; the log has the reason')))
}

function routeParts(parts: Omit<AppParts, 'isDraining'>): RouteParts {
  const { bus, bodyLimit, budget = new BodyBudget(), proxies } = parts
  return { webhook: createWebhook(parts), bodyLimit, budget, refuser: createRefuser(bus, proxies) }
}

function routes(paths: readonly string[], parts: RouteParts): Middleware {
  const router = new Router({ strict: true, sensitive: true })
  const handle = createRoute(parts)
  for (const path of paths) router.all(path, handle)
  return router.routes() as unknown as Middleware
}
