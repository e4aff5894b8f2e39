import type { Store } from 'timhook/plugin'
import type { Options } from '../options.ts'

export interface Said {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** What is stored about a conversation. */
export interface Talk {
  readonly said: readonly Said[]
  /** How many turns of the other side in a row were quicker than a person. */
  readonly quick: number
  /** When the bot's last answer was sent, milliseconds since 1970. */
  readonly answeredAt: number
  /** Until when the bot stays silent. */
  readonly silentUntil: number
}

const NEW: Talk = { said: [], quick: 0, answeredAt: 0, silentUntil: 0 }

/** Keys begin with the account, so that all of an account can be found. Each part is written as in a URL. */
export function keyOf(kind: 'talk' | 'used', app: number, account: string, group = ''): string {
  return `${kind}/${app}/${encodeURIComponent(account)}/${encodeURIComponent(group)}`
}

export async function readTalk(store: Store, key: string): Promise<Talk> {
  const kept = (await store.get(key)) as Talk | undefined
  return { ...NEW, ...kept }
}

export async function keepTalk(store: Store, key: string, talk: Talk, { memory, loop }: Options): Promise<void> {
  await store.set(key, { ...talk, said: newest(talk.said, memory) }, { ttlMs: Math.max(memory.age, loop.pause) })
}

/** The newest messages, within the limits. */
function newest(said: readonly Said[], { messages, characters }: Options['memory']): Said[] {
  const kept: Said[] = []
  let left = characters
  for (const one of said.toReversed()) {
    left -= one.content.length
    if (kept.length === messages || left < 0) break
    kept.unshift(one)
  }
  return kept
}

/** The conversation with one more turn of the other side. `isSilent`: it looks like a bot, and gets no answer. */
export function withTurn(talk: Talk, now: number, { loop }: Options): { talk: Talk; isSilent: boolean } {
  if (now < talk.silentUntil) return { talk, isSilent: true }
  const quick = now - talk.answeredAt < loop.quick ? talk.quick + 1 : 0
  if (quick < loop.turns) return { talk: { ...talk, quick }, isSilent: false }
  return { talk: { ...talk, quick: 0, silentUntil: now + loop.pause }, isSilent: true }
}
