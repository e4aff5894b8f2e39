import type { Log } from '../../plugin-api/log.ts'
import type { Count } from '../../observe/plugin-counters.ts'
import { Limiter } from '../wire/limiter.ts'
import type { Counted, Level } from '../wire/messages.ts'
import type { Server } from './server.ts'

/** Lines and events at once, and per second: otherwise a loop would fill the server's memory. */
const LIMITS = { lines: { burst: 1000, perSecond: 200 }, events: { burst: 10_000, perSecond: 1000 } }
/** Each kilobyte of a line counts as one more line. */
const LINE_BYTES = 1024
const LONGEST = 65_536
const REPORT_MS = 1000
/** How many different counts are sent at once. */
const MAX_COUNTED = 1000

/** Sends a plugin's log lines, events and counts, within limits. */
export class Outlet {
  readonly #server: Server
  readonly #lines = new Limiter(LIMITS.lines.burst, LIMITS.lines.perSecond)
  readonly #events = new Limiter(LIMITS.events.burst, LIMITS.events.perSecond)
  #levels: ReadonlySet<Level> = new Set()
  #counted = new Map<string, Counted>()
  #isReporting = false
  #isFlushing = false

  constructor(server: Server) {
    this.#server = server
  }

  /** @param levels the levels that the server's log writes */
  setLevels(levels: readonly Level[]): void {
    this.#levels = new Set(levels)
  }

  log(fields: object = {}): Log {
    const method = (level: Level) => (first: object | string, second?: unknown) => {
      if (!this.#levels.has(level)) return
      if (typeof first === 'string') this.#line(level, fields, first)
      else this.#line(level, { ...fields, ...ownOf(first) }, second ?? '')
    }
    return {
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      child: (more) => this.log({ ...fields, ...more }),
    }
  }

  emit(name: string, data: unknown): void {
    if (this.#events.passes()) this.#post({ kind: 'emit', name, data })
    else this.#reportSoon()
  }

  readonly count: Count = (name, labels = {}, by = 1) => {
    const key = JSON.stringify([name, labels])
    const known = this.#counted.get(key)
    if (!known && this.#counted.size >= MAX_COUNTED) return
    // One that is refused must not affect others.
    if (by >= 0) this.#counted.set(key, [name, labels, (known?.[2] ?? 0) + by])
    else this.#post({ kind: 'count', counted: [[name, labels, by]] })
    if (this.#isFlushing) return
    this.#isFlushing = true
    setImmediate(() => this.flush())
  }

  /** Sends the counts so far. */
  flush(): void {
    this.#isFlushing = false
    if (this.#counted.size === 0) return
    const counted = [...this.#counted.values()]
    this.#counted = new Map()
    this.#post({ kind: 'count', counted })
  }

  #line(level: Level, fields: object, message: unknown): void {
    const text = String(message).slice(0, LONGEST)
    if (this.#lines.passes(1 + sizeOf(text, fields) / LINE_BYTES)) {
      this.#post({ kind: 'log', level, fields, message: text })
    } else this.#reportSoon()
  }

  #reportSoon(): void {
    if (this.#isReporting) return
    this.#isReporting = true
    setTimeout(() => this.#report(), REPORT_MS).unref()
  }

  #report(): void {
    this.#isReporting = false
    for (const [limiter, what] of [
      [this.#lines, 'log lines'],
      [this.#events, 'events'],
    ] as const) {
      const dropped = limiter.takeDropped()
      if (dropped === 0) continue
      this.#post({ kind: 'log', level: 'warn', fields: { dropped }, message: `too many ${what} of the plugin` })
    }
  }

  /** Functions and the like cannot be sent. A text takes their place. */
  #post(message: Parameters<Server['post']>[0]): void {
    try {
      this.#server.post(message)
    } catch {
      this.#server.post(plain(message) as typeof message)
    }
  }
}

/** The properties of an Error are not enumerable, so it would be sent empty. */
function ownOf(first: object): object {
  return first instanceof Error ? { err: first } : first
}

function sizeOf(text: string, fields: object): number {
  let size = text.length
  for (const value of Object.values(fields) as unknown[]) size += typeof value === 'string' ? value.length : 16
  return size
}

function plain(value: object): unknown {
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    return {
      kind: 'log',
      level: 'warn',
      fields: {},
      message: 'a line or event of the plugin contains something that cannot be sent',
    }
  }
}
