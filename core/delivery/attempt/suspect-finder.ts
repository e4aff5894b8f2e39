import { MAX_PREFETCH } from './keyed-executor.ts'
import type { NewLease, WaitingCallback } from '../callback-log.ts'

/**
 * Finds the suspects after an unclean stop: callbacks that may have been running then. That is at most the first
 * callback of each key, and at most MAX_PREFETCH of a plugin. If the watchdog named a callback, only that one is a suspect.
 */
export class SuspectFinder {
  readonly #tail: number
  readonly #startedAt: number
  readonly #knownId: string | undefined
  readonly #keys = new Set<string>()
  #left: number

  /** @param startedAt milliseconds since 1970 */
  constructor({ clean, tail, suspect }: Pick<NewLease, 'clean' | 'tail' | 'suspect'>, startedAt: number) {
    this.#tail = tail
    this.#startedAt = startedAt
    this.#knownId = suspect
    this.#left = clean ? 0 : MAX_PREFETCH
  }

  isSuspect({ id, seq, key, dueAt = 0 }: Pick<WaitingCallback, 'id' | 'seq' | 'key' | 'dueAt'>): boolean {
    if (this.#left === 0 || seq > this.#tail) return false
    if (this.#knownId !== undefined && id !== this.#knownId) return false
    if (dueAt > this.#startedAt) return false
    if (key !== undefined && this.#keys.has(key)) return false
    if (key !== undefined) this.#keys.add(key)
    this.#left--
    return true
  }
}
