import type { Bus } from './bus.ts'
import type { Logger } from './log.ts'
import { loggableError } from './scrub.ts'

const QUIET_MS = 10_000
const MAX_KINDS = 1000
const HOUR_MS = 3_600_000

/**
 * Writes a log of what the bus tells. Bodies, tokens and texts of messages are not among it. Whether details are
 * written is asked once, now.
 */
export function logEvents(bus: Bus, log: Logger): void {
  if (log.isLevelEnabled('debug')) logDetails(bus, log)
  const refusals = new Throttle((event: { status: number; reason: string }, more) => {
    log.warn({ ...event, ...(more > 0 && { more }) }, 'refused')
  })
  bus.on('callback:answered', (event) => {
    const level = event.outcome === 'allow' && !event.failed ? 'debug' : 'info'
    log[level](event, `answered: ${event.outcome}`)
  })
  // Of a list, every item's fault is of one kind.
  const kindOf = (reason: string): string => reason.replaceAll(/\[[0-9]+\]/g, '[]')
  bus.on('callback:rejected', (event) => refusals.pass(`${event.status} ${kindOf(event.reason)}`, event))
  bus.on('callback:faulty', (event) => log.warn(event, 'body does not fit its definition'))
  bus.on('callback:dead', (event) => log.error(event, 'dead letter: not delivered, and not tried again'))
  bus.on('backlog:dead', (event) => log.error(event, 'dead letters: not delivered, and not tried again'))
  bus.on('delivery:failed', ({ error, ...event }) => log.error({ ...event, error: loggableError(error) }, 'not stored'))
  bus.on('store:damaged', (event) => log.error(event, 'stored callbacks cannot be read any more, and are left out'))
  logHistory(bus, log)
  bus.on('store:lost', ({ error }) => log.error({ error: loggableError(error) }, 'the store is lost'))
  bus.on('handler:failed', (event) => log.error(event, 'handler failed'))
  bus.on('handler:overlap', (event) => log.warn(event, 'handler still runs after its timeout; the next one starts'))
  bus.on('listener:failed', ({ event, error }) => log.error({ event, error: loggableError(error) }, 'listener failed'))
  bus.on('server:failed', ({ error, stray = false, ...about }) => {
    // Nobody knows which callback a stray error belongs to, so no text of a message could be taken out of it.
    const { causes, ...rest } = loggableError(error)
    const withheld = { message: 'withheld: it may hold the text of a message' }
    const told = stray ? { ...rest, ...withheld } : { ...rest, ...(causes && { causes }) }
    log.error({ ...about, error: told }, 'internal error')
  })
  bus.on('rest:called', (event) => {
    const isFailure = event.outcome === 'refused' || event.outcome === 'unanswered'
    log[isFailure ? 'warn' : 'debug'](event, `REST call: ${event.outcome}`)
  })
  bus.on('rest:paused', (event) => {
    log[event.reason === 'rate' ? 'warn' : 'error'](event, `REST calls rest: ${event.reason}`)
  })
  bus.on('loop:held', (event) => log.warn(event, 'the event loop was held'))
  bus.on('server:draining', (event) => log.info(event, 'draining'))
  bus.on('server:closed', ({ undelivered, stored }) => {
    if (undelivered === 0) log.info('closed')
    else if (stored) log.info({ undelivered }, 'closed; callbacks that are not delivered yet are stored, and will be')
    else log.warn({ undelivered }, 'closed; callbacks that were not delivered are lost: the engine memory keeps none')
  })
}

/** A store that is as large as it may be sheds all the time: that is told once an hour, with the counts of the hour. */
function logHistory(bus: Bus, log: Logger): void {
  const back = (since: number | undefined): string => (since ? `; history reaches back to ${isoTime(since)}` : '')
  let hour = { refused: 0, finished: 0, faults: 0, since: 0 }
  let nextAt = 0
  bus.on('history:shortened', ({ refused, finished, faults, since }) => {
    const { refused: r, finished: f, faults: d } = hour
    hour = { refused: r + refused, finished: f + finished, faults: d + faults, since }
    if (Date.now() < nextAt) return
    nextAt = Date.now() + HOUR_MS
    log.warn(hour, `callbacks were deleted before their time, to make room${back(since)}`)
    hour = { refused: 0, finished: 0, faults: 0, since: 0 }
  })
  bus.on('store:full', ({ since }) => log.error(`the disk of the store is full: after-callbacks get 503${back(since)}`))
  bus.on('store:room', ({ since }) => log.warn(`the store has room again: after-callbacks are taken${back(since)}`))
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** What is only for who looks closely. Not listened to otherwise: the hot path then leaves it out. */
function logDetails(bus: Bus, log: Logger): void {
  bus.on('callback:received', (event) => log.debug(event, 'received'))
  bus.on('callback:resent', (event) => log.debug(event, 'a resend, not delivered again'))
  bus.on('handler:done', (event) => log.debug(event, 'handler done'))
}

/** Lets the first of a kind through, and then one a while with the count of those left out. */
class Throttle<T> {
  readonly #write: (event: T, more: number) => void
  readonly #left = new Map<string, number>()

  constructor(write: (event: T, more: number) => void) {
    this.#write = write
  }

  pass(kind: string, event: T): void {
    const left = this.#left.get(kind)
    if (left !== undefined) {
      this.#left.set(kind, left + 1)
      return
    }
    // More kinds than any of ours: somebody is making them up, and the log is not to hold them all.
    if (this.#left.size >= MAX_KINDS) return
    this.#left.set(kind, 0)
    this.#write(event, 0)
    setTimeout(() => {
      const more = this.#left.get(kind) ?? 0
      this.#left.delete(kind)
      if (more > 0) this.#write(event, more)
    }, QUIET_MS).unref()
  }
}
