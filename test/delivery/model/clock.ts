import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

/** The time of a model's run: either made up, so that an hour is over at once, or that of the machine. */
export interface Time {
  /** Milliseconds, on a clock that never jumps. */
  now(): number
  pass(ms: number): Promise<void>
  /** Lets time go by until the promise has settled. */
  until<T>(promise: PromiseLike<T>): Promise<T>
  /** Sets the clock of `Date.now()` forward or back. */
  jump(ms: number): void
  end(): void
}

const timers = createRequire(import.meta.url)('node:timers/promises') as { setTimeout: typeof delay }
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  dateNow: Date.now.bind(Date),
  random: Math.random.bind(Math),
  delay: timers.setTimeout,
  now: performance.now.bind(performance),
}

/** Turns of the event loop that what a timer has set off may take: promises, ticks and immediates of immediates. */
const TURNS = 2
/** While something of the machine is waited for, as a file, timers further off stand still. */
const NEAR_MS = 100
const BEGIN = Date.UTC(2030, 0, 1)

export const realTime: Time = {
  now: real.now,
  pass: (ms) => real.delay(ms),
  until: async (promise) => promise,
  jump: () => undefined,
  end: () => undefined,
}

/** A timer of the made-up time, with what callers do to one. */
class Timer {
  at: number
  readonly everyMs: number | undefined
  readonly run: () => void
  readonly #timers: Set<Timer>

  constructor(timers: Set<Timer>, at: number, run: () => void, everyMs?: number) {
    this.#timers = timers
    this.at = at
    this.run = run
    this.everyMs = everyMs
    timers.add(this)
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  close(): void {
    this.#timers.delete(this)
  }
}

/** Takes the place of timers, clocks and chance in this process, until it ends. Only promises and immediates stay as they are. */
export class VirtualTime implements Time {
  readonly #timers = new Set<Timer>()
  #now = 0
  #wall = BEGIN

  constructor(random: () => number) {
    const set = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer => {
      return new Timer(this.#timers, this.#now + Math.max(1, ms), () => run(...args))
    }
    const every = (run: () => void, ms = 0): Timer => {
      return new Timer(this.#timers, this.#now + Math.max(1, ms), run, Math.max(1, ms))
    }
    const clear = (timer: unknown): void => void (timer instanceof Timer && timer.close())
    Object.assign(globalThis, { setTimeout: set, setInterval: every, clearTimeout: clear, clearInterval: clear })
    Object.assign(performance, { now: () => this.#now })
    Date.now = () => this.#wall
    Math.random = random
    timers.setTimeout = this.#delay.bind(this) as typeof real.delay
    syncBuiltinESMExports()
  }

  now(): number {
    return this.#now
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    await turns()
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) await this.#fire(next)
    this.#moveTo(end)
  }

  async until<T>(promise: PromiseLike<T>): Promise<T> {
    const state = { isSettled: false }
    const settled = (): void => void (state.isSettled = true)
    promise.then(settled, settled)
    await turns()
    while (!state.isSettled) {
      const next = this.#next()
      if (next && next.at <= this.#now + NEAR_MS) await this.#fire(next)
      else await turns()
    }
    return promise
  }

  jump(ms: number): void {
    this.#wall += ms
  }

  end(): void {
    const { setTimeout, clearTimeout, setInterval, clearInterval } = real
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval })
    Object.assign(performance, { now: real.now })
    Date.now = real.dateNow
    Math.random = real.random
    timers.setTimeout = real.delay
    syncBuiltinESMExports()
  }

  /** Of `node:timers/promises`. */
  #delay(ms: number, value: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = new Timer(this.#timers, this.#now + Math.max(1, ms), () => resolve(value))
      signal?.addEventListener('abort', () => {
        timer.close()
        reject(new Error(`aborted: ${inspect(signal.reason)}`))
      })
    })
  }

  #next(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer
    return next
  }

  async #fire(timer: Timer): Promise<void> {
    this.#moveTo(timer.at)
    if (timer.everyMs === undefined) timer.close()
    else timer.at += timer.everyMs
    timer.run()
    await turns()
  }

  #moveTo(at: number): void {
    this.#wall += Math.max(0, at - this.#now)
    this.#now = Math.max(this.#now, at)
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => real.setImmediate(resolve))
}

/** Chance that a seed decides: mulberry32. */
export function chance(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
