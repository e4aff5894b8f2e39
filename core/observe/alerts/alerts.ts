import type { DeliveryStats, PluginStats } from '../../delivery/delivery.ts'
import type { Bus } from '../bus.ts'
import { AlertState } from './alert-state.ts'

const MINUTE_MS = 60_000
const TICK_MS = 10_000
/** How long an event of this kind keeps its alert raised. */
const EVENT_LASTS_MS = 10 * MINUTE_MS
const BACKLOG_AGE_MS = 5 * MINUTE_MS
/** How long a plugin has to be on hold. */
const HELD_MS = MINUTE_MS
const DAY_MS = 24 * 60 * MINUTE_MS
/** How long before its end a certificate raises an alert. Renewals come a month before. */
const EXPIRY_MS = 14 * DAY_MS
/** How long all calls of a plugin have to fail. */
const FAILING_MS = 2 * MINUTE_MS

export interface AlertDeps {
  readonly bus: Bus
  readonly stats: () => Promise<DeliveryStats>
  /** The longest time without a callback, milliseconds; 0 for no limit. */
  readonly silenceMs: number
  /** When the certificate of each listener expires, milliseconds since 1970. */
  readonly certificates?: () => readonly (readonly [listener: string, expiresAt: number])[]
  /** For tests: milliseconds since 1970, and how often the rules are applied. */
  readonly now?: () => number
  readonly tickMs?: number
}

export interface Alerts {
  /** Applies the rules now. */
  check(): Promise<void>
  stop(): void
}

/** Watches the server, and emits `alert:raised` and `alert:cleared`. */
export function watchAlerts({
  bus,
  stats,
  silenceMs,
  certificates,
  now = Date.now,
  tickMs = TICK_MS,
}: AlertDeps): Alerts {
  const state = new AlertState(bus, now)
  const startedAt = now()
  const failing = new FailingPlugins()
  const heldSince = new Map<string, number>()
  const deadLetters = new Map<string, { count: number; at: number }>()
  let skew: { ms: number; at: number } | undefined
  let notStored: number | undefined

  const addDead = (plugin: string, count: number): void => {
    const known = deadLetters.get(plugin)
    deadLetters.set(plugin, { count: (known?.count ?? 0) + count, at: now() })
    applyDead()
  }
  const applyDead = (): void => {
    for (const [plugin, { count, at }] of deadLetters) {
      const isOver = now() - at >= EVENT_LASTS_MS
      const text = `${count} dead letter${count === 1 ? '' : 's'} of plugin ${plugin}: see timhook dead-letters`
      state.set('dead-letters', plugin, isOver ? undefined : text)
      if (isOver) deadLetters.delete(plugin)
    }
  }
  const applySkew = (): void => {
    if (!skew) return
    const isOver = now() - skew.at >= EVENT_LASTS_MS
    const seconds = Math.round(skew.ms / 1000)
    const text = `callbacks are refused: RequestTime is ${Math.abs(seconds)} s ${seconds < 0 ? 'ahead of' : 'behind'} the clock of this machine`
    state.set('clock-skew', undefined, isOver ? undefined : text)
    if (isOver) skew = undefined
  }
  const applyNotStored = (): void => {
    if (notStored === undefined) return
    const isOver = now() - notStored >= EVENT_LASTS_MS
    state.set('not-stored', undefined, isOver ? undefined : 'callbacks could not be stored, and were answered 503')
    if (isOver) notStored = undefined
  }

  const applyExpiry = (): void => {
    const soon = (certificates?.() ?? []).filter(([, expiresAt]) => expiresAt - now() < EXPIRY_MS)
    const names = soon.map(([listener, expiresAt]) => `${listener}.tls ends on ${new Date(expiresAt).toISOString()}`)
    const text = `a certificate has to be renewed, then SIGHUP: ${names.join(', ')}`
    state.set('certificate', undefined, soon.length > 0 ? text : undefined)
  }

  const applyHeld = ({ plugin, backlog, held }: PluginStats): void => {
    const since = heldSince.get(plugin) ?? now()
    if (held) heldSince.set(plugin, since)
    else heldSince.delete(plugin)
    const waiting = `${backlog} callback${backlog === 1 ? ' waits' : 's wait'}`
    const text = `plugin ${plugin} is on hold: ${waiting}; the log has the reason, and timhook resume ends a pause`
    state.set('held', plugin, held && now() - since >= HELD_MS ? text : undefined)
  }

  const stops = [
    // Without a plugin it was refused, and is nobody's dead letter.
    bus.on('callback:dead', ({ plugin }) => void (plugin !== undefined && addDead(plugin, 1))),
    bus.on('backlog:dead', ({ plugin, count }) => addDead(plugin, count)),
    bus.on('delivery:failed', () => {
      notStored = now()
      applyNotStored()
    }),
    bus.on('callback:rejected', ({ clockSkewMs }) => {
      if (clockSkewMs === undefined) return
      skew = { ms: clockSkewMs, at: now() }
      applySkew()
    }),
    bus.on('store:full', () => state.set('disk-full', undefined, 'the disk of the store is full: callbacks get 503')),
    bus.on('store:room', () => state.set('disk-full', undefined, undefined)),
    bus.on('store:lost', () => state.set('store-lost', undefined, 'the store is lost: the server has to be replaced')),
    bus.on('handler:failed', ({ plugin }) => failing.failed(plugin)),
  ]
  const check = async (): Promise<void> => {
    applyDead()
    applySkew()
    applyNotStored()
    applyExpiry()
    const silentMs = now() - Math.max(startedAt, lastAnswer(bus, now()))
    const silence = `no callback for ${Math.floor(silentMs / MINUTE_MS)} min: see the URL and the switches in the console`
    state.set('no-callbacks', undefined, silenceMs > 0 && silentMs >= silenceMs ? silence : undefined)
    for (const [plugin, forMs] of failing.durations(bus, now()))
      state.set(
        'plugin-failing',
        plugin,
        forMs >= FAILING_MS
          ? `every call of plugin ${plugin} has failed for ${Math.floor(forMs / MINUTE_MS)} min`
          : undefined,
      )
    state.remind()
    const { plugins } = await stats()
    for (const stat of plugins) {
      applyHeld(stat)
      const { plugin, oldestAt = now() } = stat
      const minutes = Math.floor((now() - oldestAt) / MINUTE_MS)
      const text = `plugin ${plugin} is ${minutes} min behind: it is slow, fails or is held`
      state.set('backlog', plugin, now() - oldestAt >= BACKLOG_AGE_MS ? text : undefined)
    }
  }
  // A store that cannot be read raises a separate alert.
  const timer = setInterval(() => void check().catch(() => undefined), tickMs).unref()
  return {
    check,
    stop() {
      clearInterval(timer)
      for (const stop of stops) stop()
    },
  }
}

/** The counters use monotonic time. */
function lastAnswer({ counts: { answeredAt } }: Bus, now: number): number {
  return answeredAt === undefined ? 0 : now - (performance.now() - answeredAt)
}

/** Since when each plugin has failed without a success. */
class FailingPlugins {
  readonly #plugins = new Map<string, { failures: number; since: number | undefined; successes: number }>()
  readonly #failures = new Map<string, number>()

  failed(plugin: string): void {
    this.#failures.set(plugin, (this.#failures.get(plugin) ?? 0) + 1)
  }

  /** How long all calls have failed, milliseconds, by plugin. */
  durations({ counts }: Bus, now: number): [plugin: string, forMs: number][] {
    return [...this.#failures].map(([plugin, failures]) => {
      const calls = counts.handlers.get(plugin)?.seconds.counts.reduce((sum, count) => sum + count, 0) ?? 0
      const successes = Math.max(0, calls - failures)
      const before = this.#plugins.get(plugin)
      const isNew = failures > (before?.failures ?? 0)
      // A plugin that nobody calls is not failing; a success ends the alert.
      const since = successes > (before?.successes ?? 0) ? undefined : (before?.since ?? (isNew ? now : undefined))
      this.#plugins.set(plugin, { failures, since, successes })
      return [plugin, since === undefined ? 0 : now - since]
    })
  }
}
