import { randomUUID } from 'node:crypto'
import type { Log, Store, ViewRows } from 'timhook/plugin'

const PREFIX = 'process/'
/** Saves at most this often, however much happens. */
const SAVE_MS = 1000
/** While lines wait, their number is saved this often. A process that has not saved for three times this has ended. */
const BEAT_MS = 30_000
const KEPT_MS = 7 * 86_400_000
/** An unavailable store must not delay the end of the server. */
const LAST_SAVE_MS = 1000

const OUTCOMES = ['sent', 'failed', 'dropped', 'throttled'] as const
type Outcome = (typeof OUTCOMES)[number]

/** Counts what became of lines; `waiting` has the reason why lines wait. */
export type Note = (what: Outcome | 'waiting', lines: number, why?: string) => void

interface Tally {
  readonly lines: number
  /** The time of the last of them, milliseconds since 1970. */
  readonly at: number
  readonly why?: string | undefined
}

/** What one process has saved. */
interface Saved {
  readonly at: number
  readonly waiting: Tally
  readonly outcomes: Partial<Record<Outcome, Tally>>
}

interface StatusDeps {
  readonly store: Pick<Store, 'set'>
  readonly log: Pick<Log, 'warn'>
  /** How many lines wait now. */
  readonly waiting: () => number
  readonly saveMs?: number
}

/** Keeps counts of this process' lines in the store, for `timhook notify status`. Stores no text. */
export class Status {
  readonly #deps: StatusDeps
  readonly #key = `${PREFIX}${randomUUID()}`
  readonly #outcomes: Partial<Record<Outcome, Tally>> = {}
  #why: string | undefined
  #timer: NodeJS.Timeout | undefined
  #isSoon = false
  #hasFailed = false

  constructor(deps: StatusDeps) {
    this.#deps = deps
  }

  readonly note: Note = (what, lines, why) => {
    if (what === 'waiting') this.#why = why ?? this.#why
    else if (what === 'sent' || what === 'failed') this.#why = undefined
    if (what !== 'waiting')
      this.#outcomes[what] = { lines: (this.#outcomes[what]?.lines ?? 0) + lines, at: Date.now(), why }
    if (!this.#isSoon) this.#saveIn(this.#deps.saveMs ?? SAVE_MS)
    this.#isSoon = true
  }

  /** Saves again if there is something new. */
  async close(): Promise<void> {
    if (!this.#timer) return
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_SAVE_MS).unref())
    await Promise.race([this.#save(), late])
    clearTimeout(this.#timer)
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#save(), ms).unref()
  }

  async #save(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isSoon = false
    const { store, log, waiting } = this.#deps
    const at = Date.now()
    const lines = waiting()
    const saved: Saved = { at, waiting: { lines, at, why: this.#why }, outcomes: this.#outcomes }
    if (lines > 0) this.#saveIn(BEAT_MS)
    try {
      await store.set(this.#key, saved, { ttlMs: KEPT_MS })
    } catch (error) {
      if (!this.#hasFailed) log.warn({ err: error }, 'what became of alerts could not be saved')
      this.#hasFailed = true
    }
  }
}

/** What all processes have saved, as rows. Lines that waited when a process ended are lost. */
export async function statusRows(store: Pick<Store, 'list'>, now = Date.now()): Promise<ViewRows> {
  const all = (await store.list(PREFIX)).map(({ value }) => value as Saved)
  const isAlive = ({ at, waiting: { lines } }: Saved): boolean => lines === 0 || now - at < 3 * BEAT_MS
  const rows: [string, Tally][] = [
    ...OUTCOMES.map((outcome): [string, Tally] => [
      outcome,
      sum(all.flatMap(({ outcomes }) => outcomes[outcome] ?? [])),
    ]),
    ['lost', sum(all.filter((saved) => !isAlive(saved)).map(({ waiting }) => waiting))],
    ['waiting', sum(all.filter(isAlive).map(({ waiting }) => waiting))],
  ]
  return rows
    .filter(([state, { lines }]) => lines > 0 || state === 'sent' || state === 'waiting')
    .map(([state, { lines, at, why }]) => ({
      state,
      lines,
      last: lines > 0 ? new Date(at).toISOString() : '',
      why: (lines > 0 && why) || '',
    }))
}

/** The sum, with time and reason of the newest. */
function sum(tallies: readonly Tally[]): Tally {
  const none: Tally = { lines: 0, at: 0 }
  return tallies
    .filter(({ lines }) => lines > 0)
    .reduce((all, one) => ({ ...(one.at > all.at ? one : all), lines: all.lines + one.lines }), none)
}
