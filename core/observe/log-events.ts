import type { Bus, BusEvents } from './bus.ts'
import { type CallbackLines, logCallbacks } from './log-callbacks.ts'
import type { Logger } from './log.ts'
import { describeError } from '../errors.ts'
import { commands } from '../protocol/commands.ts'
import { loggableError, type LoggableError } from './loggable-error.ts'
import { Throttle } from './throttle.ts'

export const NOT_RELOADED = 'the config was not reloaded, and the running one stays'
const QUIET_MS = 10_000
const HOUR_MS = 3_600_000
const STACK_MS = 60_000
const MAX_STACKS = 1000
/** Our own errors say everything in their message, and need no stack. */
const OWN = new Set(['TimhookError', 'TimeoutError', 'NoVerdict'])

type FaultEvent = Omit<BusEvents['callback:faulty'], 'paths'> & { path: string }
type Level = 'info' | 'warn' | 'error'

/** Logs an event with this sentence, throttled by kind. */
type Entry = <Name extends keyof BusEvents>(
  event: Name,
  level: Level,
  line: {
    readonly msg: string
    /** The kind of the event, besides its name. */
    readonly kindOf: (event: BusEvents[Name]) => string
    /** The logged fields. */
    readonly fieldsOf?: (event: BusEvents[Name], kind: string) => object
  },
) => void

/**
 * Logs the events of the bus, without bodies, tokens and message texts. Of faults, the first of a kind is logged, then
 * a count at intervals. The log level is read once, here.
 */
export function logEvents(bus: Bus, log: Logger, callbackLines: CallbackLines = { callbacks: 'all', sample: 1 }): void {
  if (log.isLevelEnabled('debug')) logDetails(bus, log)
  const stacks = new Stacks()
  const lines = new Throttle(QUIET_MS, ({ level, fields, msg }: Line, repeats) => {
    log[level](repeats > 0 ? { ...fields(), more: repeats } : fields(), msg)
  })
  const throttled: Entry = (name, level, { msg, kindOf, fieldsOf }) => {
    bus.on(name, (event) => {
      const kind = `${name} ${kindOf(event)}`
      lines.pass(kind, { level, msg, fields: () => fieldsOf?.(event, kind) ?? (event as object) })
    })
  }

  logCallbacks(bus, log, callbackLines)
  throttled('callback:rejected', 'warn', {
    msg: 'refused',
    kindOf: ({ status, reason }) => `${status} ${alike(reason)}`,
  })
  // The same fault recurs until someone fixes it: one line an hour for each command and field.
  const faults = new Throttle(HOUR_MS, (event: FaultEvent, repeats) => {
    log.warn(repeats > 0 ? { ...event, more: repeats } : event, 'body does not fit its definition')
  })
  bus.on('callback:faulty', ({ paths, ...event }) => {
    // Anyone can invent commands, so unknown ones share a kind.
    const command = commands.has(event.command) ? event.command : ''
    for (const path of paths) faults.pass(`${command} ${path}`, { ...event, path })
  })
  throttled('request-id:distrusted', 'warn', {
    msg: 'a RequestID came with two bodies, and no longer identifies resends',
    kindOf: ({ sdkAppId }) => String(sdkAppId),
  })
  throttled('callback:dead', 'error', {
    msg: 'dead letter: not delivered, and not tried again',
    kindOf: ({ plugin = '' }) => plugin,
  })
  bus.on('callback:suspect', (event) => {
    log.warn(
      event,
      'the process has ended several times while this was handled; it waits, and later ones of its key go first',
    )
  })
  bus.on('plugin:held', (event) => log.warn(event, 'the plugin is on hold: its after-callbacks wait'))
  bus.on('plugin:resumed', (event) => log.info(event, 'the plugin gets its callbacks again'))
  bus.on('backlog:dead', (event) => log.error(event, 'dead letters: not delivered, and not tried again'))
  throttled('delivery:failed', 'error', {
    msg: 'not stored',
    kindOf: ({ error }) => placeOf(loggableError(error)),
    fieldsOf: ({ error, ...event }, kind) => ({ ...event, error: stacks.paced(kind, loggableError(error)) }),
  })
  bus.on('store:damaged', (event) => log.error(event, 'stored callbacks can no longer be read, and are skipped'))
  logHistory(bus, log)
  bus.on('store:lost', ({ error }) => log.error({ error: loggableError(error) }, 'the store is lost'))
  throttled('handler:failed', 'error', {
    msg: 'handler failed',
    kindOf: ({ plugin, reason, error }) => `${plugin} ${reason} ${error ? placeOf(error) : ''}`,
    fieldsOf: ({ error, ...event }, kind) => ({ ...event, ...(error && { error: stacks.paced(kind, error) }) }),
  })
  throttled('handler:overlap', 'warn', {
    msg: 'handler still runs after its timeout; the next one starts',
    kindOf: ({ plugin }) => plugin,
  })
  throttled('listener:failed', 'error', {
    msg: 'listener failed',
    kindOf: ({ event, error, plugin = '' }) => `${plugin} ${event} ${placeOf(loggableError(error))}`,
    fieldsOf: ({ error, ...about }, kind) => {
      const logged = stacks.paced(kind, loggableError(error))
      // What a plugin emits, and the errors of its observers, may contain the text of a message.
      const mayQuote = about.plugin !== undefined || about.event.startsWith('plugin:')
      return { ...about, error: mayQuote ? withheld(logged) : logged }
    },
  })
  throttled('server:failed', 'error', {
    msg: 'internal error',
    kindOf: ({ error, plugin = '' }) => `${plugin} ${placeOf(loggableError(error))}`,
    fieldsOf: ({ error, stray = false, ...about }, kind) => {
      const logged = stacks.paced(kind, loggableError(error))
      // The callback of a stray error is unknown, so message texts cannot be removed from it.
      return { ...about, error: stray ? withheld(logged) : logged }
    },
  })
  throttled('server:crowded', 'warn', {
    msg: 'server.maxConnections is reached: the connections that are idle longest are closed',
    kindOf: () => '',
  })
  bus.on('rest:called', (event) => {
    const isFailure = event.outcome === 'refused' || event.outcome === 'unanswered'
    log[isFailure ? 'warn' : 'debug'](event, `REST call: ${event.outcome}`)
  })
  bus.on('rest:paused', (event) => {
    log[event.reason === 'rate' ? 'warn' : 'error'](event, `REST calls are paused: ${event.reason}`)
  })
  bus.on('alert:raised', ({ text, ...event }) => log.warn(event, `alert: ${text}`))
  bus.on('alert:cleared', ({ text, ...event }) => log.info(event, `alert is over: ${text}`))
  bus.on('loop:held', (event) => log.warn(event, 'the event loop was blocked'))
  bus.on('config:reloaded', (event) => {
    const { added, changed, removed, restart } = event
    const parts = [
      ...added.map((id) => `plugin ${id} added`),
      ...changed.map((id) => `plugin ${id} changed`),
      ...removed.map((id) => `plugin ${id} removed`),
    ]
    log.info(event, `config reloaded: ${parts.length > 0 ? parts.join(', ') : 'the plugins are as they were'}`)
    if (restart.length > 0) log.warn(`these take effect only after a restart: ${restart.join(', ')}`)
  })
  bus.on('certificate:replaced', ({ listener, expiresAt }) => {
    const expires = new Date(expiresAt).toISOString()
    log.info({ listener, expires }, `new connections of ${listener} get the new certificate`)
  })
  bus.on('config:refused', ({ error }) => {
    log.error(`${NOT_RELOADED}: ${describeError(error)}`)
  })
  bus.on('server:draining', (event) => log.info(event, 'draining'))
  bus.on('server:closed', ({ undelivered, stored }) => {
    lines.flush()
    faults.flush()
    if (undelivered === 0) log.info('closed')
    else if (stored)
      log.info({ undelivered }, 'closed; callbacks that are not delivered yet are stored, and will be delivered')
    else log.warn({ undelivered }, 'closed; callbacks that were not delivered are lost: the engine memory keeps none')
  })
}

/** A store at its size limit deletes constantly, so the counts are logged once an hour. */
function logHistory(bus: Bus, log: Logger): void {
  const back = (since: number | undefined): string => (since ? `; history reaches back to ${isoTime(since)}` : '')
  let hour = { refused: 0, finished: 0, faults: 0, since: 0 }
  let nextAt = 0
  bus.on('history:shortened', ({ refused, finished, faults, since }) => {
    const { refused: r, finished: f, faults: d } = hour
    hour = { refused: r + refused, finished: f + finished, faults: d + faults, since }
    if (Date.now() < nextAt) return
    nextAt = Date.now() + HOUR_MS
    log.warn(hour, `callbacks were deleted early, to make room${back(since)}`)
    hour = { refused: 0, finished: 0, faults: 0, since: 0 }
  })
  bus.on('resend-window:full', (event) =>
    log.warn(event, 'the resend window is full: a late resend may be delivered twice'),
  )
  bus.on('store:full', ({ since }) => log.error(`the disk of the store is full: after-callbacks get 503${back(since)}`))
  bus.on('store:room', ({ since }) => log.warn(`the store has room again: after-callbacks are accepted${back(since)}`))
}

/** An error without its message. */
function withheld(error: Partial<LoggableError>): object {
  return { ...error, causes: undefined, message: 'withheld: it may contain the text of a message' }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

interface Line {
  readonly level: Level
  readonly msg: string
  /** Called only if the line is written. */
  readonly fields: () => object
}

/** Logs the details at debug level. Otherwise nothing listens, and the hot path skips these events. */
function logDetails(bus: Bus, log: Logger): void {
  bus.on('callback:received', (event) => log.debug(event, 'received'))
  bus.on('callback:resent', (event) => log.debug(event, 'a resend, not delivered again'))
  bus.on('handler:done', (event) => log.debug(event, 'handler done'))
}

/** Replaces numbers, so that reasons that differ only in indices or values share a kind. */
function alike(reason: string): string {
  return reason.replaceAll(/[0-9]+/g, '0')
}

/** The type and origin of an error. Its message may vary. */
function placeOf({ name, code = '', stack }: LoggableError): string {
  const end = stack.indexOf('\n')
  return `${name} ${code} ${end === -1 ? stack : stack.slice(0, end)}`
}

/** Logs the stack of each kind of error at most once a minute. */
class Stacks {
  readonly #writtenAt = new Map<string, number>()

  paced(kind: string, { stack, ...rest }: LoggableError): Omit<LoggableError, 'stack'> & { stack?: string } {
    const now = performance.now()
    if (stack === '' || OWN.has(rest.name) || now - (this.#writtenAt.get(kind) ?? -Infinity) < STACK_MS) return rest
    this.#writtenAt.delete(kind)
    for (const oldest of this.#writtenAt.keys()) {
      if (this.#writtenAt.size < MAX_STACKS) break
      this.#writtenAt.delete(oldest)
    }
    this.#writtenAt.set(kind, now)
    return { ...rest, stack }
  }
}
