import { loggableError } from '../observe/loggable-error.ts'
import type { Log } from '../plugin-api/log.ts'
import type { SetupContext } from '../plugin.ts'
import type { FromPlugin, Level } from './wire/messages.ts'
import { Limiter } from './wire/limiter.ts'
import type { Restart } from './restarts.ts'
import { decodeError } from './wire/wire-error.ts'

const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error']
/** Lines of standard output and error, at once and per second. */
const LINES = { burst: 1000, perSecond: 100 }
const REPORT_MS = 10_000

type Given = Extract<FromPlugin, { kind: 'log' | 'emit' | 'count' | 'stray' }>

/** Where a plugin's output goes: log, bus and metrics. */
export class Outlets {
  readonly #context: Pick<SetupContext<unknown>, 'log' | 'emit' | 'count'>
  readonly #lines = new Limiter(LINES.burst, LINES.perSecond)
  readonly #dropped = new Map<string, number>()
  #isReporting = false

  constructor(context: Pick<SetupContext<unknown>, 'log' | 'emit' | 'count'>) {
    this.#context = context
  }

  /** The levels that the log writes. */
  get levels(): Level[] {
    const log = this.#context.log as Log & { isLevelEnabled?: (level: string) => boolean }
    return LEVELS.filter((level) => log.isLevelEnabled?.(level) ?? true)
  }

  take(message: Given): void {
    const { log, emit, count } = this.#context
    if (message.kind === 'log') log[message.level](message.fields, message.message)
    else if (message.kind === 'emit') emit(message.name, message.data)
    else if (message.kind === 'count') for (const [name, labels, by] of message.counted) count(name, labels, by)
    else {
      // It may contain the text of a message.
      const { name, at } = loggableError(decodeError(message.error))
      const what = message.isFatal ? 'uncaught, and ends it' : 'left unhandled'
      log.error({ error: name, at }, `an error of the plugin was ${what}`)
    }
  }

  /** A line of its standard output or error. */
  line(stream: 'stdout' | 'stderr', line: string): void {
    if (!this.#lines.passes()) this.dropped('lines of its standard output and error')
    else if (stream === 'stdout') this.#context.log.debug({ stream }, line)
    else this.#context.log.error({ stream }, line)
  }

  /** Counts what was dropped, and logs that now and then. */
  dropped(what: string): void {
    this.#dropped.set(what, (this.#dropped.get(what) ?? 0) + 1)
    if (this.#isReporting) return
    this.#isReporting = true
    setTimeout(() => this.#report(), REPORT_MS).unref()
  }

  ended(level: string, why: string, { inMs, isParked }: Restart): void {
    const { log } = this.#context
    const then = isParked
      ? `it is parked: it has ended too often, and is tried again in ${inMs / 60_000} min, or at a reload`
      : `it is started again in ${inMs} ms`
    log.error({ level, parked: isParked }, `the plugin's ${level} ${why}; ${then}`)
  }

  restarted(level: string): void {
    this.#context.log.info({ level }, `the plugin's ${level} runs again`)
  }

  #report(): void {
    this.#isReporting = false
    for (const [what, count] of this.#dropped) this.#context.log.warn({ dropped: count }, `too many ${what}`)
    this.#dropped.clear()
  }
}
