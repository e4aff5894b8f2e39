import type { Row } from '../rows/row.ts'
import { messageKey } from '../callbacks/keys.ts'
import type { Engine } from '../database/engine.ts'
import type { Work } from '../database/tables.ts'

/** When each conversation was created or dissolved, in ascending order. */
export type Incarnations = ReadonlyMap<string, readonly number[]>

export async function loadIncarnations(work: Work, conversations: readonly string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>()
  if (conversations.length === 0) return found
  const rows = await work
    .selectFrom('timhook_incarnations')
    .selectAll()
    .where('conversation_key', 'in', padded(conversations))
    .orderBy('at')
    .execute()
  for (const { conversation_key, at } of rows) {
    const times = found.get(conversation_key)
    if (times) times.push(at)
    else found.set(conversation_key, [at])
  }
  return found
}

/** Keys with the last one repeated up to a power of two: few different statements are prepared. */
export function padded(keys: readonly string[]): readonly string[] {
  const length = 2 ** Math.ceil(Math.log2(keys.length))
  return [...keys, ...Array.from({ length: length - keys.length }, () => keys.at(-1) ?? '')]
}

const MAX_REMEMBERED = 50_000
const memory = new WeakMap<Engine, Map<string, readonly number[]>>()

/** What was last read about groups. Another server may have written since, so it is only a guess. */
export function remembered(engine: Engine): Incarnations {
  return memory.get(engine) ?? new Map<string, readonly number[]>()
}

export function remember(engine: Engine, incarnations: Incarnations): void {
  const known = memory.get(engine) ?? new Map<string, readonly number[]>()
  if (known.size > MAX_REMEMBERED) known.clear()
  for (const [conversation, times] of incarnations) known.set(conversation, times)
  memory.set(engine, known)
}

/** The incarnation that something at this time belongs to: when the last one before it began, or 0. */
export function incarnationAt(times: readonly number[] = [], at: number): number {
  return times.findLast((time) => time <= at) ?? 0
}

/** Records that a conversation started again at a time, and moves the messages that arrived before this was known. */
export async function addIncarnation(
  engine: Engine,
  work: Work,
  conversation: string,
  at: number,
  known: Map<string, number[]>,
): Promise<void> {
  const times = known.get(conversation) ?? []
  if (times.includes(at)) return
  const next = [...times, at].toSorted((a, b) => a - b)
  known.set(conversation, next)
  const insert = work.insertInto('timhook_incarnations').values({ conversation_key: conversation, at })
  await (engine.name === 'mysql' ? insert.ignore() : insert.onConflict((conflict) => conflict.doNothing())).execute()
  const moving = await work
    .selectFrom('timhook_messages')
    .select(['id', 'event_at', 'message_key', 'seq', 'msg_key'])
    .where('conversation_key', '=', conversation)
    .where('event_at', '>=', at)
    .where('incarnation', '<', at)
    .execute()
  for (const row of moving) {
    const incarnation = incarnationAt(next, row.event_at)
    await work
      .updateTable('timhook_messages')
      .set({ incarnation, message_key: keyIn(conversation, incarnation, row) })
      .where('id', '=', row.id)
      .execute()
  }
}

/** Only messages with a MsgSeq are distinguished by incarnations; the others keep their key. */
function keyIn(conversation: string, incarnation: number, row: Pick<Row, 'seq' | 'msg_key' | 'message_key'>): string {
  if (row.seq === null || row.msg_key !== null) return row.message_key
  return messageKey(conversation, incarnation, `s:${row.seq}`)
}
