import type { Clock, Timer } from '../../lib/clock.ts'
import { MAX_TIMER } from '../../lib/units.ts'
import type { Bus } from '../../observe/bus.ts'
import type { CallbackLog } from '../callback-log.ts'
import type { Hold } from '../delivery.ts'

interface HoldsDeps {
  /** The plugins of this process. */
  readonly plugins: { has(plugin: string): boolean }
  readonly log: Pick<CallbackLog, 'hold' | 'now'>
  readonly bus: Bus
  readonly clock: Clock
  /** Called when a plugin resumes. */
  readonly onResumed: (plugin: string) => void
}

interface Gate {
  readonly hold: Hold
  readonly opened: Promise<void>
  readonly open: () => void
  /** Whether a handler of this process asked for it. */
  readonly isAsked: boolean
  timer: Timer | undefined
}

/**
 * Which plugins are on hold: by `pause`, or because a handler asked for it. Kept in the log, so a restart knows.
 *
 * - Held: nothing of the plugin starts.
 * - On trial: a hold that a handler asked for has expired, and handlers start. If one asks again, the same hold goes on;
 *   any other result ends it. So an outage is reported once, however often the target is probed.
 */
export class Holds {
  readonly #deps: HoldsDeps
  readonly #gates = new Map<string, Gate>()
  readonly #trials = new Map<string, Hold>()
  /** Counts this process's changes. Anything read from the log before the latest one is stale. */
  #changes = 0
  #saving = 0

  constructor(deps: HoldsDeps) {
    this.#deps = deps
  }

  of(plugin: string): Hold | undefined {
    return this.#gates.get(plugin)?.hold ?? this.#trials.get(plugin)
  }

  /** A handler of the plugin ended without asking for a hold. */
  ended(plugin: string): void {
    if (this.#trials.size > 0 && this.#trials.delete(plugin)) this.#deps.bus.emit('plugin:resumed', { plugin })
  }

  /** Resolves when the plugin resumes; undefined if it is not on hold. */
  until(plugin: string): Promise<void> | undefined {
    return this.#gates.size === 0 ? undefined : this.#gates.get(plugin)?.opened
  }

  /** Adopts the holds in the log, as `read` returns them. */
  async sync<T extends { readonly holds: Readonly<Record<string, Hold>> }>(read: () => Promise<T>): Promise<T> {
    const before = this.#changes
    const result = await read()
    if (before !== this.#changes || this.#saving > 0) return result
    const now = this.#deps.log.now()
    for (const [plugin, hold] of Object.entries(result.holds)) {
      if (!this.#deps.plugins.has(plugin)) continue
      if (hold.until === undefined || hold.until > now) this.#shut(plugin, hold, false)
      else this.#save(plugin, undefined)
    }
    for (const plugin of this.#gates.keys()) if (!result.holds[plugin]) this.#open(plugin)
    return result
  }

  /** Holds a plugin until a time, unless it is already on hold for longer. */
  hold(plugin: string, hold: Hold & { readonly until: number }): void {
    const known = this.#gates.get(plugin)?.hold
    if (known && (known.until ?? Infinity) >= hold.until) return
    this.#shut(plugin, hold, true)
    this.#save(plugin, hold)
  }

  stop(): void {
    for (const { timer } of this.#gates.values()) this.#deps.clock.clearTimeout(timer)
  }

  #shut(plugin: string, hold: Hold, isAsked: boolean): void {
    const known = this.#gates.get(plugin)
    if (known?.hold.until === hold.until && known?.hold.reason === hold.reason) return
    this.#deps.clock.clearTimeout(known?.timer)
    let open: () => void = () => undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    const gate: Gate = { opened, open, ...known, hold, isAsked, timer: undefined }
    this.#gates.set(plugin, gate)
    if (hold.until !== undefined) this.#setTimer(plugin, gate, hold.until)
    // If so, the same hold is only being extended.
    const isOn = this.#trials.delete(plugin) || known?.isAsked === true
    if (!isAsked || !isOn) this.#deps.bus.emit('plugin:held', { plugin, ...hold })
  }

  #setTimer(plugin: string, gate: Gate, until: number): void {
    const inMs = until - this.#deps.log.now()
    gate.timer = this.#deps.clock.setTimeout(
      () => {
        if (until - this.#deps.log.now() > 0 && inMs > MAX_TIMER) return this.#setTimer(plugin, gate, until)
        this.#open(plugin, gate.isAsked)
        this.#save(plugin, undefined)
      },
      Math.min(Math.max(0, inMs), MAX_TIMER),
    )
  }

  #open(plugin: string, isTrial = false): void {
    const gate = this.#gates.get(plugin)
    if (!gate) return
    this.#deps.clock.clearTimeout(gate.timer)
    this.#gates.delete(plugin)
    if (isTrial) this.#trials.set(plugin, gate.hold)
    else this.#deps.bus.emit('plugin:resumed', { plugin })
    gate.open()
    // After the callbacks that await it.
    void gate.opened.then(() => this.#deps.onResumed(plugin))
  }

  /** If this cannot be written, only this process knows of the hold. */
  #save(plugin: string, hold: Hold | undefined): void {
    this.#changes++
    this.#saving++
    const saved = (): void => void this.#saving--
    this.#deps.log.hold(plugin, hold).then(saved, saved)
  }
}
