import { Alarm } from './alarm.ts'
import type { Complain } from './complain.ts'
import { compareEntries } from './entry.ts'
import type { TakenEntry, TakenPart } from './item.ts'
import type { Run } from './run.ts'
import { TAKE } from './scripts/take.ts'
import type { Share } from './share.ts'

/** Fewer are not worth a round trip while others are under way. */
const FEW = 16
const PATIENCE_MS = 2

interface Parts {
  readonly plugin: string
  readonly run: Run
  readonly maxBacklog: number | undefined
  readonly shares: ReadonlyMap<number, Share>
  /** How many more may be taken; 0 where none may. */
  readonly room: () => number
  readonly mayTake: () => boolean
  readonly complain: Complain
  readonly onEntry: (share: Share, taken: TakenEntry) => void
  /** What was over `maxBacklog`: its id, app and command. */
  readonly onBuried: (id: string, app: string, command: string, error: string) => void
}

/** Reads what comes for one plugin, from all partitions that this process has for it, while there is room. */
export class Intake {
  readonly #parts: Parts
  readonly #error: string
  readonly #alarm = new Alarm(() => this.#onDue())
  #patience: NodeJS.Timeout | undefined
  #isTaking = false
  #turn = 0
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#error = `the backlog is over maxBacklog (${parts.maxBacklog})`
  }

  /** Takes what there is room for, unless that is under way already. */
  pump(): void {
    const { room, mayTake, maxBacklog } = this.#parts
    if (this.#closed || this.#isTaking || this.#patience || !mayTake()) return
    const shares = this.#dirty()
    const count = room()
    if (shares.length === 0 || (count <= 0 && maxBacklog === undefined)) return
    if (count >= FEW) void this.#take(shares, count)
    else this.#patience = setTimeout(() => this.#takeFew(), PATIENCE_MS).unref()
  }

  /** A retry will be due then. */
  wake(share: Share, at: number): void {
    share.dueAt = Math.min(share.dueAt ?? Infinity, at)
    this.#alarm.set(share.dueAt)
  }

  close(): void {
    this.#closed = true
    this.#alarm.close()
    clearTimeout(this.#patience)
  }

  #takeFew(): void {
    this.#patience = undefined
    const { room, mayTake } = this.#parts
    const shares = this.#dirty()
    if (shares.length > 0 && mayTake()) void this.#take(shares, Math.max(0, room()))
  }

  /** Beginning with another one each time, so that a busy partition does not starve the rest. */
  #dirty(): Share[] {
    const shares = [...this.#parts.shares.values()].filter(({ dirty, isHeld }) => dirty && isHeld)
    const from = shares.length === 0 ? 0 : this.#turn++ % shares.length
    return [...shares.slice(from), ...shares.slice(0, from)]
  }

  async #take(shares: readonly Share[], count: number): Promise<void> {
    const { run, plugin, maxBacklog = -1 } = this.#parts
    this.#isTaking = true
    for (const share of shares) share.dirty = false
    let isThrough = false
    try {
      const args = shares.flatMap(({ n, fence, cursor }) => [n, fence, cursor])
      const parts = await run<TakenPart[]>(TAKE, plugin, count, maxBacklog, this.#error, ...args)
      const all = parts.flatMap((part, index) => {
        const share = shares[index]
        return share ? this.#receive(share, part).map((taken) => ({ share, taken })) : []
      })
      // In the order of receipt, as far as that can be told of several partitions.
      for (const { share, taken } of all.toSorted((one, other) => compareEntries(one.taken[0], other.taken[0]))) {
        this.#parts.onEntry(share, taken)
      }
      isThrough = count > 0
    } catch (error) {
      this.#parts.complain(error)
      // What the lost reply gave is pending now. The next look, which the leases' renewal brings, begins there.
      for (const share of shares) {
        share.dirty = true
        share.cursor = '0-0'
      }
    }
    this.#isTaking = false
    if (isThrough) this.pump()
  }

  #receive(share: Share, [, isOwned, hasMore, cursor, dueInMs, buried, entries]: TakenPart): TakenEntry[] {
    if (isOwned === 0) {
      share.lose()
      return []
    }
    share.cursor = cursor
    if (hasMore === 1) share.dirty = true
    share.dueAt = undefined
    if (dueInMs >= 0) this.wake(share, performance.now() + dueInMs)
    for (let n = 0; n + 2 < buried.length; n += 3) {
      this.#parts.onBuried(buried[n] ?? '', buried[n + 1] ?? '', buried[n + 2] ?? '', this.#error)
    }
    const fresh = entries.filter(([entry]) => !share.known.has(entry))
    for (const [entry] of fresh) share.known.add(entry)
    return fresh
  }

  #onDue(): void {
    const now = performance.now()
    for (const share of this.#parts.shares.values()) {
      if (share.dueAt === undefined) continue
      if (share.dueAt > now) this.#alarm.set(share.dueAt)
      else {
        share.dueAt = undefined
        share.dirty = true
      }
    }
    this.pump()
  }
}
