import { createServer, type Server } from 'node:http'
import { Router } from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'

export interface Readiness {
  /** Why something is not ready, by what it is; undefined where it is. */
  readonly checks: Readonly<Record<string, string | undefined>>
  /** What those who run the server should know, and what does not make it less ready. */
  readonly notes?: Readonly<Record<string, string | undefined>>
}

/**
 * The listener for those who run the server: `/healthz` says that the process answers, `/readyz` whether it should get
 * callbacks, and what keeps it from that. Nothing here changes anything.
 */
export function createAdminServer(readiness: () => Promise<Readiness>): Server {
  const router = new Router({ strict: true, sensitive: true })
  router.get('/healthz', (ctx) => json(ctx, 200, { status: 'ok' }))
  router.get('/readyz', async (ctx) => {
    const { checks: all, notes } = await readiness()
    const checks = Object.entries(all)
    const ready = checks.every(([, fault]) => fault === undefined)
    const told = Object.fromEntries(checks.map(([name, fault]) => [name, fault ?? 'ok']))
    json(ctx, ready ? 200 : 503, { ready, checks: told, ...notes })
  })
  const app = new Koa()
  app.silent = true
  app.use(router.routes() as unknown as Middleware)
  app.use((ctx) => json(ctx, 404, { error: 'expected GET /healthz or GET /readyz' }))
  const handle = app.callback()
  return createServer((request, response) => void handle(request, response))
}

function json(ctx: Pick<Context, 'status' | 'body' | 'set'>, status: number, body: object): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.set('Cache-Control', 'no-store')
  ctx.body = JSON.stringify(body)
}
