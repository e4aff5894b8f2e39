import type { Server } from 'node:http'
import { Router } from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import { TimhookError } from '../../errors.ts'
import { createHttpServer, type Tls } from '../../http/server/tls.ts'
import type { Access } from '../access/access.ts'
import { answerJson } from '../request/answer-json.ts'
import { accessOf, requireAccess, requireOwnHost, requireOwnOrigin } from '../access/guard.ts'
import { setHeaders } from '../request/headers.ts'
import { login, logout } from '../access/login.ts'
import { type PageFile, readPageFiles } from './page-files.ts'
import { readBody } from '../request/read-body.ts'
import { ApiFault, type Raw, type Route } from '../request/route.ts'
import type { AdminApi } from '../api/api.ts'
import type { Readiness } from '../readiness.ts'

const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const NOT_BUILT = 'there is no page: dist/page is missing; `npm run build` creates it. The JSON under /api/ works'
const EXPECTED = 'expected GET /healthz, GET /readyz or GET /metrics'

export interface AdminDeps {
  readonly readiness: () => Promise<Readiness>
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>
  readonly api: AdminApi
  /** Called when somebody opens the page, and will soon use the API. */
  readonly onOpened: () => void
  /** Reports unexpected errors. */
  readonly onError: (error: unknown) => void
  readonly pageFiles?: ReadonlyMap<string, PageFile>
}

/**
 * The admin server. `/healthz` says that the process answers. `/readyz` says whether it should get callbacks, and if
 * not, why. Both probes are public, and so are the files of the page, which contain no data; everything else requires
 * access, but /metrics may be opened. Changes also require the page's own header and origin.
 */
export function createAdminServer(deps: AdminDeps, access: Access, tls?: Tls): Server {
  const app = new Koa()
  app.silent = true
  app.use(setHeaders)
  app.use(faultsAsJson(deps.onError))
  app.use(probes(deps))
  app.use(metrics(deps, access))
  app.use(when(() => access.settings.page === true, page(deps, access)))
  app.use(requireAccess(access))
  app.use(when(() => access.settings.page === true, paths(deps.api.routes, access)))
  app.use(async () => {
    throw new ApiFault(404, access.settings.page ? `${EXPECTED}, or a path of docs/openapi.json` : EXPECTED)
  })
  const handle = app.callback()
  return createHttpServer({}, tls).on('request', (request, response) => void handle(request, response))
}

function probes({ readiness }: AdminDeps): Middleware {
  const router = exactRouter()
  router.get('/healthz', (ctx) => answerJson(ctx, 200, { status: 'ok' }))
  router.get('/readyz', async (ctx) => {
    const { checks: all, notes } = await readiness()
    const checks = Object.entries(all)
    const ready = checks.every(([, fault]) => fault === undefined)
    const answers = Object.fromEntries(checks.map(([name, fault]) => [name, fault ?? 'ok']))
    answerJson(ctx, ready ? 200 : 503, { ready, checks: answers, ...notes })
  })
  return routesOf(router)
}

function metrics({ metrics: read }: AdminDeps, access: Access): Middleware {
  const guard = requireAccess(access)
  return async (ctx, next) => {
    if (ctx.path !== '/metrics' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      await next()
      return
    }
    const { token, metrics: who } = access.settings
    if (token === undefined || who !== 'open') await guard(ctx, async () => undefined)
    ctx.status = 200
    ctx.set('Content-Type', EXPOSITION_TYPE)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await read()
  }
}

/** The page's files and the login, for clients that have no access yet. */
function page({ api, onOpened, pageFiles = readPageFiles() }: AdminDeps, access: Access): Middleware {
  const router = exactRouter()
  router.post('/api/login', requireOwnOrigin, readBody, login(access, api.session))
  router.post('/api/logout', requireOwnOrigin, logout(access))
  router.get(['/', '/page/app.js', '/page/app.css'], (ctx) => {
    const file = pageFiles.get(ctx.path)
    if (!file) throw new ApiFault(404, NOT_BUILT)
    sendFile(ctx, file)
    if (ctx.path === '/') onOpened()
  })
  const handle = routesOf(router)
  const guard = requireOwnHost(access)
  const isOpen = (path: string): boolean =>
    path === '/' || path.startsWith('/page/') || path === '/api/login' || path === '/api/logout'
  return async (ctx, next) => {
    if (isOpen(ctx.path)) await guard(ctx, () => handle(ctx, next))
    else await next()
  }
}

function sendFile(ctx: Context, { type, content, etag }: PageFile): void {
  ctx.status = 200
  ctx.set('Content-Type', type)
  ctx.set('Cache-Control', 'no-cache')
  ctx.set('ETag', etag)
  if (ctx.fresh) ctx.status = 304
  else ctx.body = content
}

/** The paths of the API. */
function paths(routes: readonly Route[], access: Access): Middleware {
  const router = exactRouter()
  for (const { method, path, handle } of routes) {
    const middlewares = method === 'POST' ? [requireOwnOrigin, readBody] : []
    router.register(path.replaceAll(/\{(\w+)\}/g, ':$1'), [method], [
      ...middlewares,
      async (ctx: Context) => {
        const result = await handle({
          params: ctx['params'] as Record<string, string>,
          query: new URLSearchParams(ctx.querystring),
          body: (ctx.request.body ?? {}) as Record<string, unknown>,
          peer: peerOf(ctx),
          request: ctx.req,
          hasAccess: accessOf(ctx, access),
        })
        if (isRaw(result)) {
          ctx.respond = false
          ctx.res.statusCode = 200
          result.raw(ctx.res)
        } else answerJson(ctx, 200, result)
      },
    ] as never)
  }
  return routesOf(router)
}

function isRaw(result: object): result is Raw {
  return 'raw' in result && typeof result.raw === 'function'
}

function peerOf({ req }: Context): string {
  return req.socket.remoteAddress ?? ''
}

/** Answers errors as JSON. Internal errors are reported, and their text is not sent. */
function faultsAsJson(onError: (error: unknown) => void): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (error instanceof ApiFault) {
        answerJson(ctx, error.status, { error: error.message, ...(error.code && { code: error.code }) })
      } else if (error instanceof TimhookError) {
        const { message, hint, code } = error
        answerJson(ctx, 503, { error: hint === '' ? message : `${message}. ${hint}`, code })
      } else {
        onError(error)
        answerJson(ctx, 500, { error: 'internal error: the log has it' })
      }
    }
  }
}

function when(isOn: () => boolean, middleware: Middleware): Middleware {
  return (ctx, next) => (isOn() ? middleware(ctx, next) : next())
}

function exactRouter(): Router {
  return new Router({ strict: true, sensitive: true })
}

function routesOf(router: Router): Middleware {
  return router.routes() as unknown as Middleware
}
