import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { Router } from '@koa/router'
import { isLoopback } from '../../lib/loopback.ts'
import Koa, { type Context, type Middleware } from 'koa'

export interface Readiness {
  /** Why something is not ready, by what it is; undefined where it is. */
  readonly checks: Readonly<Record<string, string | undefined>>
  /** What those who run the server should know, and what does not make it less ready. */
  readonly notes?: Readonly<Record<string, string | undefined>>
}

export interface AdminAccess {
  /** What is listened on. */
  readonly host?: string
  /** What everything but the two probes asks for. */
  readonly token?: string
}

/**
 * The listener for those who run the server: `/healthz` says that the process answers, `/readyz` whether it should get
 * callbacks, and what keeps it from that. The two are for everybody, everything else is not. Nothing here changes anything.
 */
export function createAdminServer(readiness: () => Promise<Readiness>, access: AdminAccess): Server {
  const router = new Router({ strict: true, sensitive: true })
  router.get('/healthz', (ctx) => json(ctx, 200, { status: 'ok' }))
  router.get('/readyz', async (ctx) => {
    const { checks: all, notes } = await readiness()
    const checks = Object.entries(all)
    const ready = checks.every(([, fault]) => fault === undefined)
    const answers = Object.fromEntries(checks.map(([name, fault]) => [name, fault ?? 'ok']))
    json(ctx, ready ? 200 : 503, { ready, checks: answers, ...notes })
  })
  const app = new Koa()
  app.silent = true
  app.use(router.routes() as unknown as Middleware)
  app.use(access.token === undefined ? requireOwnHost(access.host) : requireToken(access.token))
  app.use((ctx) => json(ctx, 404, { error: 'expected GET /healthz or GET /readyz' }))
  const handle = app.callback()
  return createServer((request, response) => void handle(request, response))
}

/**
 * Without a token only programs of this machine are served. A page in a browser is one of them: where its name was made to
 * point here (DNS rebinding), `Host` holds that name.
 */
function requireOwnHost(listening: string | undefined): Middleware {
  return async (ctx, next) => {
    const { hostname } = ctx
    if (isLoopback(hostname) || (hostname !== '' && hostname === listening?.toLowerCase())) await next()
    else json(ctx, 403, { error: 'Host: expected localhost or the address listened on; set admin.token for others' })
  }
}

function requireToken(token: string): Middleware {
  const expected = digest(`Bearer ${token}`)
  return async (ctx, next) => {
    // Digests have one length, so that the time taken tells nothing of the token.
    if (timingSafeEqual(digest(ctx.get('Authorization')), expected)) await next()
    else {
      ctx.set('WWW-Authenticate', 'Bearer')
      json(ctx, 401, { error: 'Authorization: expected Bearer and admin.token' })
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function json(ctx: Pick<Context, 'status' | 'body' | 'set'>, status: number, body: object): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.set('Cache-Control', 'no-store')
  ctx.body = JSON.stringify(body)
}
