import { setTimeout as delay } from 'node:timers/promises'
import { TimeoutError } from '../../../core/lib/timeout.ts'
import type { Handle } from '../engines/sqlite/run-sqlite.ts'
import type { Call, CallRecord } from './call-record.ts'
import type { Time } from './clock.ts'
import type { Deed, Scenario } from './scenario.ts'

/** Makes handlers that do what a scenario has them do, and write down each call. */
export class Handlers {
  readonly #record: CallRecord
  readonly #scenario: Scenario
  readonly #time: Time
  readonly #running = new Set<Call>()
  readonly #late = new Set<Call>()
  #life = 0
  #isDead = (): boolean => false

  constructor(record: CallRecord, scenario: Scenario, time: Time) {
    this.#record = record
    this.#scenario = scenario
    this.#time = time
  }

  /** The engine is opened once more: what runs yet is none of its doing. */
  begin(isDead: () => boolean): void {
    this.#life++
    this.#running.clear()
    this.#isDead = isDead
  }

  get life(): number {
    return this.#life
  }

  /** What is under way. */
  running(): Call[] {
    return [...this.#running]
  }

  /** What has run out of time just now, ended or not. The server decides a turn later what that means. */
  late(): Call[] {
    return [...this.#late]
  }

  /** Of the process that begins next. Once another one has begun, or it is dead, its handlers do nothing and tell of nothing. */
  of(plugin: string): Handle {
    const life = this.#life
    return (n, attempt, _resends, { signal }) => {
      if (life !== this.#life || this.#isDead()) return new Promise(() => undefined)
      const call = this.#start(plugin, n, attempt)
      const deed = this.#deedOf(call)
      if (deed.ms === undefined) {
        this.#end(call, deed.fails ? 'failed' : 'ok')
        if (deed.fails) throw new Error('failed')
        return undefined
      }
      return this.#take(call, deed, deed.ms, signal)
    }
  }

  async #take(call: Call, { fails, heeds }: Deed, ms: number, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => {
      if (!(signal.reason instanceof TimeoutError)) return
      // It has failed, whatever comes of it.
      call.as ??= 'failed'
      this.#late.add(call)
      setImmediate(() => setImmediate(() => this.#late.delete(call)))
    })
    const heeded = new AbortController()
    if (heeds) signal.addEventListener('abort', () => heeded.abort())
    const isThrough = await delay(ms, true, { signal: heeded.signal }).catch(() => false)
    const as = fails || !isThrough ? 'failed' : 'ok'
    this.#end(call, as)
    if (as === 'failed') throw new Error('failed')
  }

  #start(plugin: string, n: number, attempt: number): Call {
    const keyOf = (one: number): string | undefined => this.#record.arrived[one]?.key
    const beside = this.running().filter((other) => other.plugin === plugin && keyOf(other.n) === keyOf(n))
    const startedAt = this.#time.now()
    const about = { plugin, n, attempt, life: this.#life, startedAt, beside }
    const call: Call = { ...about, endedAt: undefined, as: undefined, cut: 'no' }
    this.#record.calls.push(call)
    this.#running.add(call)
    return call
  }

  #end(call: Call, as: 'ok' | 'failed'): void {
    call.as ??= as
    call.endedAt = this.#time.now()
    this.#running.delete(call)
  }

  #deedOf({ n, attempt, plugin }: Call): Deed {
    const { deeds } = this.#scenario
    const deed = deeds[(n * 7 + attempt * 3 + Number(plugin.slice(1))) % deeds.length]
    return deed ?? { fails: false, ms: undefined, heeds: false }
  }
}
