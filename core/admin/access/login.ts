import type { Middleware } from 'koa'
import type { Access } from './access.ts'
import { answerJson } from '../request/answer-json.ts'
import { sessionOf, setSession } from './guard.ts'
import { Members } from '../request/parameters.ts'
import { ApiFault } from '../request/route.ts'
import { SESSION_MS } from './sessions.ts'

const LONGEST_TOKEN = 4096

/** `POST /api/login`: sets the cookie of a login for a client that has the token. */
export function login(access: Access, session: () => object): Middleware {
  return async (ctx) => {
    const token = new Members((ctx.request.body ?? {}) as Record<string, unknown>, ['token']).text(
      'token',
      LONGEST_TOKEN,
    )
    if (access.settings.token === undefined) throw new ApiFault(400, 'there is no admin.token, so there is no login')
    const { session: id, waitMs } = access.login(token, ctx.req.socket.remoteAddress ?? '')
    if (waitMs !== undefined) {
      const seconds = Math.ceil(waitMs / 1000)
      ctx.set('Retry-After', String(seconds))
      throw new ApiFault(429, `too many wrong tokens: try again in ${seconds} s`)
    }
    if (id === undefined) throw new ApiFault(401, 'token: it is not admin.token')
    setSession(ctx, id, SESSION_MS)
    answerJson(ctx, 200, session())
  }
}

/** `POST /api/logout`: ends the login of the cookie. */
export function logout(access: Access): Middleware {
  return async (ctx) => {
    const id = sessionOf(ctx)
    if (id !== undefined) access.logout(id)
    setSession(ctx, undefined, 0)
    answerJson(ctx, 200, {})
  }
}
