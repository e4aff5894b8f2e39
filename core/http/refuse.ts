import type { Middleware } from 'koa'
import type { Bus } from '../bus.ts'
import { refused } from '../protocol/envelope.ts'
import { Refusal } from './refusal.ts'
import { answer } from './route.ts'

/** Makes of what the steps throw an answer, and tells the bus: a Refusal as it says, anything else as 500 without a word of it. */
export function createRefuser(bus: Bus): (error: unknown, about?: object) => { status: number; text: string } {
  return (error, about) => {
    const refusal = refusalOf(error)
    const status = refusal?.status ?? 500
    const reason = refusal?.message ?? 'internal error'
    if (!refusal) bus.emit('server:failed', { error })
    bus.emit('callback:rejected', { status, reason, ...about })
    return { status, text: refused(status, reason) }
  }
}

/** Answers what the steps behind it throw. */
export function refuse(bus: Bus): Middleware {
  const refusing = createRefuser(bus)
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { status, text } = refusing(error, ctx.state['about'] as object | undefined)
      // The rest of a body that is late or cut off is not waited for.
      if (status === 408) ctx.set('Connection', 'close')
      answer(ctx, status, text)
    }
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  // Koa looks at the URL when it is first asked for its path, and Node's parser lets through what is none.
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ERR_INVALID_URL' ? new Refusal(400, 'request: its target is no URL') : undefined
}
