import type { Middleware } from 'koa'
import type { Bus } from '../bus.ts'
import { refused } from '../protocol/envelope.ts'
import { Refusal } from './refusal.ts'
import { answer } from './webhook.ts'

/** Answers what the steps behind it throw: a Refusal as it says, anything else as 500 without a word of it. */
export function refuse(bus: Bus): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const refusal = refusalOf(error)
      const status = refusal?.status ?? 500
      const reason = refusal?.message ?? 'internal error'
      if (!refusal) bus.emit('server:failed', { error })
      // The rest of a body that is late or cut off is not waited for.
      if (status === 408) ctx.set('Connection', 'close')
      answer(ctx, status, refused(status, reason))
      bus.emit('callback:rejected', { status, reason, ...(ctx.state['about'] as object | undefined) })
    }
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  // Koa looks at the URL when it is first asked for its path, and Node's parser lets through what is none.
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ERR_INVALID_URL' ? new Refusal(400, 'request: its target is no URL') : undefined
}
