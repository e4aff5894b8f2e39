import { matcher } from 'timhook/plugin'
import type { EventNotice } from './formats.ts'
import type { Options } from './options.ts'
import type { Note } from './status.ts'
import { type Fields, fill, named } from './template.ts'

const MINUTE_MS = 60_000

/** The clock for collecting events. */
export interface EventsClock {
  /** Milliseconds that only grow. */
  monotonic(): number
  setTimeout(run: () => void, ms: number): object
  clearTimeout(timer: object): void
}

const systemClock: EventsClock = {
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

interface EventsDeps {
  readonly options: Pick<Options, 'events' | 'group' | 'perMinute'>
  readonly push: (notice: EventNotice) => void
  readonly note: Note
  readonly clock?: EventsClock
}

/** The waiting lines of one event. */
interface Collected {
  readonly lines: Map<string, { count: number; readonly fields: Fields }>
  /** How many events had no room. */
  hidden: number
  /** When this minute began, and how many lines it had. */
  since: number
  sent: number
  timer: object | undefined
}

/**
 * Turns the events of plugins that the options name into lines. Equal lines within `group` become one with a count, and
 * an event has at most `perMinute` lines a minute: the others are only counted.
 */
export class Events {
  readonly #deps: EventsDeps
  readonly #clock: EventsClock
  readonly #templates: readonly { readonly matches: (name: string) => boolean; readonly template: string }[]
  readonly #collected = new Map<string, Collected>()
  #isClosing = false

  constructor(deps: EventsDeps) {
    this.#deps = deps
    this.#clock = deps.clock ?? systemClock
    this.#templates = Object.entries(deps.options.events).map(([pattern, template]) => ({
      matches: matcher([pattern]),
      template,
    }))
  }

  /** @param name that of the event, such as `plugin:moderate:review` */
  add(name: string, data: unknown): void {
    const template = this.#templates.find(({ matches }) => matches(name))?.template
    if (template === undefined) return
    const fields = { ...(typeof data === 'object' ? data : undefined), event: name }
    const line = fill(template, fields)
    const collected = this.#of(name)
    const known = collected.lines.get(line)
    if (known) known.count++
    else if (collected.sent < this.#deps.options.perMinute) {
      collected.sent++
      collected.lines.set(line, { count: 1, fields: named(template, fields) })
    } else {
      collected.hidden++
      this.#deps.note('throttled', 1, name)
    }
    this.#deps.note('waiting', 1)
    collected.timer ??= this.#clock.setTimeout(() => this.#flush(name, collected), this.#deps.options.group)
  }

  /** How many lines are collected. */
  get waiting(): number {
    return [...this.#collected.values()].reduce((sum, { lines, hidden }) => sum + lines.size + (hidden > 0 ? 1 : 0), 0)
  }

  /** Hands over the waiting lines, including the numbers. */
  close(): void {
    this.#isClosing = true
    for (const [name, collected] of this.#collected) this.#flush(name, collected)
  }

  #of(name: string): Collected {
    const now = this.#clock.monotonic()
    const known = this.#collected.get(name)
    if (!known) {
      const made: Collected = { lines: new Map(), hidden: 0, since: now, sent: 0, timer: undefined }
      this.#collected.set(name, made)
      return made
    }
    if (now - known.since >= MINUTE_MS) {
      known.since = now
      known.sent = known.lines.size
    }
    return known
  }

  #flush(name: string, collected: Collected): void {
    if (collected.timer) this.#clock.clearTimeout(collected.timer)
    collected.timer = undefined
    for (const [line, { count, fields }] of collected.lines)
      this.#deps.push({ line: count === 1 ? line : `${line} (${count} times)`, event: name, fields, count })
    collected.lines.clear()
    const { hidden } = collected
    if (hidden === 0) return
    const left = collected.since + MINUTE_MS - this.#clock.monotonic()
    if (left > 0 && !this.#isClosing) {
      // Their count once a minute, not with each group.
      collected.timer = this.#clock.setTimeout(() => this.#flush(name, collected), left)
      return
    }
    collected.hidden = 0
    this.#deps.push({ line: `… and ${hidden} more of ${name}`, event: name, fields: {}, count: hidden })
  }
}
