import type { Context, Middleware } from 'koa'
import type { Access } from './access.ts'
import { ApiFault } from '../request/route.ts'

const COOKIE = 'timhook-session'
/** The header of every change: pages of other sites cannot set it, because the browser asks this server first. */
const OWN_HEADER = 'timhook-page'

/**
 * Admits those with the token, by `Authorization` or by a login; without a token, those who use this machine's own
 * name.
 */
export function requireAccess(access: Access): Middleware {
  return async (ctx, next) => {
    mustHaveOwnHost(ctx, access)
    if (!accessOf(ctx, access)()) {
      ctx.set('WWW-Authenticate', 'Bearer')
      throw new ApiFault(401, 'Authorization: expected Bearer and admin.token')
    }
    await next()
  }
}

/** Without a token, `Host` has to be this machine. */
export function requireOwnHost(access: Access): Middleware {
  return async (ctx, next) => {
    mustHaveOwnHost(ctx, access)
    await next()
  }
}

/** Allows a change only from the page itself or from a client of the API, and not from a page of another site. */
export const requireOwnOrigin: Middleware = async (ctx, next) => {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
    if (ctx.get(OWN_HEADER) !== '1')
      throw new ApiFault(403, `${OWN_HEADER}: expected 1: every change needs this header`)
    if (originHost(ctx.get('Origin')) !== ctx.host.toLowerCase()) {
      throw new ApiFault(403, `Origin: expected http://${ctx.host} or https://${ctx.host}, as in Host`)
    }
  }
  await next()
}

/** The id of the login that the request belongs to. */
export function sessionOf(ctx: Context): string | undefined {
  return ctx.cookies.get(COOKIE)
}

/**
 * Sets the cookie of a login; without an id, deletes it. If a proxy in front of this server does TLS, the browser says
 * so in `Origin`.
 */
export function setSession(ctx: Context, id: string | undefined, maxAgeMs: number): void {
  const isSecure = ctx.get('Origin').startsWith('https:')
  const age = id === undefined ? 0 : Math.floor(maxAgeMs / 1000)
  const parts = [`${COOKIE}=${id ?? ''}`, 'Path=/', `Max-Age=${age}`, 'HttpOnly', 'SameSite=Strict']
  ctx.set('Set-Cookie', [...parts, ...(isSecure ? ['Secure'] : [])].join('; '))
}

function mustHaveOwnHost({ hostname }: Context, access: Access): void {
  if (access.settings.token !== undefined || access.isOwnHost(hostname)) return
  throw new ApiFault(403, 'Host: expected localhost or the address listened on; set admin.token for others')
}

/** Returns a function that says whether the request has the token or a login, now and later. */
export function accessOf(ctx: Context, access: Access): () => boolean {
  const [authorization, session] = [ctx.get('Authorization'), sessionOf(ctx)]
  return () => access.settings.token === undefined || access.isBearer(authorization) || access.hasSession(session)
}

function originHost(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined
  const { protocol, host } = new URL(origin)
  return protocol === 'http:' || protocol === 'https:' ? host : undefined
}
