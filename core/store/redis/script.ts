import { createHash } from 'node:crypto'
import type { RedisClient } from './client.ts'
import { replyOf } from './fault.ts'

/** A script that Redis runs atomically. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/**
 * Runs a script by its hash. Sends the text only if Redis does not have it, as after a restart.
 * @throws TimhookError, which never quotes an argument
 */
export function runScript<T>(
  { client }: Pick<RedisClient, 'client'>,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<T> {
  const sent = [keys.length, ...keys, ...args] as const
  const reply = client.evalsha(sha, ...sent).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return client.eval(lua, ...sent)
    throw error
  })
  return replyOf(reply as Promise<T>)
}
