import type { Store } from 'timhook/plugin'

interface Claim {
  /** Id of the callback that answers. */
  readonly by: string
  readonly isSent: boolean
}

/** Tencent's callbacks of one message arrive within minutes of each other. */
const TTL_MS = 24 * 3_600_000

/**
 * Claims a message for one callback, so that it gets one answer, even if it arrives in two callbacks or after a crash.
 * Resolves to false if another callback has it, or its answer has begun to be sent.
 */
export async function claim(store: Store, message: string, by: string): Promise<boolean> {
  const key = keyOf(message)
  const held = (await store.get(key)) as Claim | undefined
  if (held) return held.by === by && !held.isSent
  const lease = await store.lease(key, TTL_MS)
  if (!lease) return false
  await store.set(key, { by, isSent: false } satisfies Claim, { ttlMs: TTL_MS })
  return true
}

/** From here on a retry sends nothing: half an answer twice is worse than half an answer. */
export async function markSent(store: Store, message: string, by: string): Promise<void> {
  await store.set(keyOf(message), { by, isSent: true } satisfies Claim, { ttlMs: TTL_MS })
}

function keyOf(message: string): string {
  return `claim/${encodeURIComponent(message)}`
}
