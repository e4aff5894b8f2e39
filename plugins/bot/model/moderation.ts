import type { Options } from '../options.ts'
import { ModelError, parse, send } from './complete.ts'

/** Whether a text may be shown. */
export type Check = (text: string, signal: AbortSignal) => Promise<boolean>

/** Asks OpenAI's `/moderations`; without the option everything may be shown. */
export function createCheck({ moderation }: Options): Check {
  if (!moderation) return () => Promise.resolve(true)
  const { url, apiKey, model, onFailure } = moderation
  return async (input, signal) => {
    try {
      const body = JSON.stringify({ ...(model !== undefined && { model }), input })
      const answer = await parse(await send(`${url.replace(/\/+$/, '')}/moderations`, apiKey, body, signal))
      const { results } = (answer ?? {}) as { results?: { flagged?: unknown }[] }
      const flagged = Array.isArray(results) ? results[0]?.flagged : undefined
      if (typeof flagged === 'boolean') return !flagged
      throw new ModelError('the answer of the moderation has no results[0].flagged')
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      return onFailure === 'send'
    }
  }
}
