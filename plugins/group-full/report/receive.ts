import { createHash } from 'node:crypto'
import type { Store } from 'timhook/plugin'
import { type Fate, type FullContext, fullGroup, type FullGroup, type RecordedFull } from './event.ts'
import { keys } from './keys.ts'
import { enqueue } from './queue.ts'

const HOUR_MS = 3_600_000
/** The same body without a time within this period is a duplicate. */
const SHORT_MS = 10_000

/**
 * Stores a report and adds it to its group's job. This makes no call of the REST API.
 * @param works whether the plugin works on groups of this app
 */
export async function receive(context: Omit<FullContext, 'state' | 'options'>, works: boolean): Promise<Fate> {
  const { store } = context
  const event = fullGroup(context)
  const same = await seenBefore(store, event)
  // A redelivery: the process died before the callback was acked.
  if (same === event.id) return 'recorded'
  const fate = same !== undefined ? 'duplicate' : works ? await enqueue(store, event) : 'recorded'
  const recorded: RecordedFull = { ...event, fate, ...(same !== undefined && { duplicateOf: same }) }
  await store.record('full', recorded)
  if (same === undefined) await store.set(identityOf(event), event.id, { ttlMs: windowOf(event) })
  context.emit('full', recorded)
  context.log.info({ group: event.group, app: event.app, fate }, 'group is full')
  return fate
}

async function seenBefore(store: Store, event: FullGroup): Promise<string | undefined> {
  const id = await store.get(identityOf(event))
  return typeof id === 'string' ? id : undefined
}

/** The callback has no id for its event, so its time or body identifies it. */
function identityOf(event: FullGroup): string {
  return keys.seen(
    event,
    isTimed(event) ? String(event.eventTime) : createHash('sha256').update(event.raw).digest('hex'),
  )
}

function windowOf(event: FullGroup): number {
  return isTimed(event) ? HOUR_MS : SHORT_MS
}

function isTimed({ eventTimeGiven }: FullGroup): boolean {
  return eventTimeGiven === 'number' || eventTimeGiven === 'string'
}
