import { createHash, timingSafeEqual } from 'node:crypto'
import type { Server } from 'node:http'
import { Router } from '@koa/router'
import { isLoopback } from '../../lib/network.ts'
import Koa, { type Context, type Middleware } from 'koa'
import { createHttpServer, type Tls } from './tls.ts'

const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Readiness {
  /** Maps each check to the reason why it fails, or to undefined if it passes. */
  readonly checks: Readonly<Record<string, string | undefined>>
  /** Warnings for the operator. They do not affect readiness. */
  readonly notes?: Readonly<Record<string, string | undefined>>
}

export interface AdminAccess {
  /** The host that the admin server listens on. */
  readonly host?: string
  /** The bearer token that every path except the two probes requires. */
  readonly token?: string
  /** `open`: /metrics needs no token. */
  readonly metrics?: 'token' | 'open'
}

export interface AdminDeps {
  readonly readiness: () => Promise<Readiness>
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>
}

/**
 * The admin server. `/healthz` says that the process answers. `/readyz` says whether it should get callbacks, and if
 * not, why. Both probes are public; everything else requires access, but /metrics may be opened. Nothing here changes
 * state.
 */
export function createAdminServer({ readiness, metrics }: AdminDeps, access: AdminAccess, tls?: Tls): Server {
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
  const closed = new Router({ strict: true, sensitive: true })
  closed.get('/metrics', async (ctx) => {
    ctx.status = 200
    ctx.set('Content-Type', EXPOSITION_TYPE)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await metrics()
  })
  if (access.token !== undefined && access.metrics === 'open') app.use(closed.routes() as unknown as Middleware)
  app.use(access.token === undefined ? requireOwnHost(access.host) : requireToken(access.token))
  app.use(closed.routes() as unknown as Middleware)
  app.use((ctx) => json(ctx, 404, { error: 'expected GET /healthz, GET /readyz or GET /metrics' }))
  const handle = app.callback()
  return createHttpServer({}, tls).on('request', (request, response) => void handle(request, response))
}

/**
 * Without a token, serves only programs of this machine. That includes a web page in a local browser: if DNS rebinding
 * points its name here, `Host` holds that name and the request is refused.
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
    // Digests have equal lengths, so the time of the comparison reveals nothing about the token.
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
