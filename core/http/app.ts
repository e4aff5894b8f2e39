import type { IncomingMessage, ServerResponse } from 'node:http'
import { Router } from '@koa/router'
import type { Bus } from '../observe/bus.ts'
import Koa, { type Middleware } from 'koa'
import { bodyBudgetFor, type BodyBudget } from './body/body-budget.ts'
import { createWebhook, type WebhookDeps } from './webhook.ts'
import { HttpError } from './answer/http-error.ts'
import { handleErrors } from './error-handler.ts'
import type { TrustedProxies } from './answer/requester.ts'
import { createErrorReporter, type ErrorReporter } from './answer/error-reporter.ts'
import { createFastPath, type FastPath } from './fast-path.ts'
import { createRoute, type RouteDeps } from './koa-route.ts'

export interface AppDeps extends WebhookDeps {
  readonly bus: Bus
  /** The name of this server in `timhook-hops`. */
  readonly instance: string
  readonly paths: readonly string[]
  /** Bytes. */
  readonly bodyLimit: number
  /** Limits the memory of all pending bodies. Tests set a smaller one. */
  readonly budget?: BodyBudget
  readonly proxies?: TrustedProxies
  /** Whether the server is draining: answers then ask the client to close the connection. */
  readonly isDraining: () => boolean
}

/** Creates the Koa application of our own server: the webhook routes, and 404 for everything else. */
export function createApp(deps: AppDeps): Koa {
  const reporter = createErrorReporter(deps.bus, deps.proxies)
  const route = routeDeps(deps, reporter)
  const app = new WebhookApp(createFastPath({ ...route, isDraining: deps.isDraining }))
  // Koa's own report would print the whole error. handleErrors() has already emitted an event.
  app.silent = true
  app.use(async (ctx, next) => {
    if (deps.isDraining()) ctx.set('Connection', 'close')
    await next()
  })
  app.use(handleErrors(reporter))
  app.use(routes(route))
  app.use(() => {
    throw new HttpError(404, 'path: not one of server.path')
  })
  return app
}

const taken = Promise.resolve()

/** A Koa application that creates no context for requests on the fast path: that would cost a tenth of a request. */
class WebhookApp extends Koa {
  readonly #fastPath: FastPath

  constructor(fastPath: FastPath) {
    super()
    this.#fastPath = fastPath
  }

  override callback(): ReturnType<Koa['callback']> {
    const handle = super.callback()
    return (request, response) => {
      // Koa's types allow HTTP/2, which this server does not speak.
      const isTaken = this.#fastPath(request as IncomingMessage, response as ServerResponse, handle)
      return isTaken ? taken : handle(request, response)
    }
  }
}

/** Creates the webhook as middleware for someone else's app. It handles every request, whatever its path. */
export function createMiddleware(deps: Omit<AppDeps, 'isDraining' | 'paths'>): Middleware {
  const reporter = createErrorReporter(deps.bus, deps.proxies)
  const guard = handleErrors(reporter)
  const route = createRoute(routeDeps({ ...deps, paths: [] }, reporter))
  return async (ctx, next) => {
    await guard(ctx, async () => {
      await route(ctx, next)
    })
  }
}

/** The middleware alone as a handler of node:http. */
export function handlerOf(middleware: Middleware): ReturnType<Koa['callback']> {
  const app = new Koa()
  // It has already answered and reported its errors.
  app.silent = true
  app.use(middleware)
  return app.callback()
}

/** Answers 503 when the webhook could not be set up. */
export function unavailable(bus: Bus): Middleware {
  const guard = handleErrors(createErrorReporter(bus))
  return (ctx) =>
    guard(ctx, () => Promise.reject(new HttpError(503, 'timhook: could not start; the log has the reason')))
}

function routeDeps(deps: Omit<AppDeps, 'isDraining'>, reporter: ErrorReporter): RouteDeps {
  const { instance, bodyLimit, budget = bodyBudgetFor(bodyLimit), paths, proxies = 0 } = deps
  const webhook = createWebhook(deps, reporter)
  return { webhook, instance, bodyLimit, budget, paths: new Set(paths), proxies }
}

function routes(deps: RouteDeps): Middleware {
  const router = new Router({ strict: true, sensitive: true })
  const handle = createRoute(deps)
  for (const path of deps.paths) router.all(path, handle)
  return router.routes() as unknown as Middleware
}
