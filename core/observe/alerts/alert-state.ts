import type { Alert, AlertRule, Bus } from '../bus.ts'

const REMIND_MS = 3_600_000

interface Raised {
  readonly alert: Alert
  /** When it was last emitted, on the clock of the rules. */
  emittedAt: number
}

/** Which alerts are raised. Emits a new one at once, a lasting one every hour, and each end once. */
export class AlertState {
  readonly #bus: Bus
  readonly #now: () => number
  readonly #raised = new Map<string, Raised>()

  /** @param now milliseconds since 1970 */
  constructor(bus: Bus, now: () => number) {
    this.#bus = bus
    this.#now = now
  }

  /** Raises an alert, or clears it, as `text` says: undefined means that all is well. */
  set(rule: AlertRule, plugin: string | undefined, text: string | undefined): void {
    const key = `${rule} ${plugin ?? ''}`
    const now = this.#now()
    const raised = this.#raised.get(key)
    if (text === undefined) {
      if (!raised) return
      this.#raised.delete(key)
      this.#bus.emit('alert:cleared', { ...raised.alert, lastedMs: now - raised.alert.since })
      return
    }
    const alert = { rule, ...(plugin !== undefined && { plugin }), since: raised?.alert.since ?? now, text }
    this.#raised.set(key, { alert, emittedAt: raised?.emittedAt ?? now })
    if (raised) return
    this.#bus.emit('alert:raised', alert)
  }

  /** Emits the alerts again that were last emitted an hour ago. */
  remind(): void {
    const now = this.#now()
    for (const raised of this.#raised.values()) {
      if (now - raised.emittedAt < REMIND_MS) continue
      raised.emittedAt = now
      this.#bus.emit('alert:raised', raised.alert)
    }
  }
}
