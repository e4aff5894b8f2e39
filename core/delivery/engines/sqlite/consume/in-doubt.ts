import { MAX_PREFETCH } from '../../../attempt/prefetch.ts'
import type { Waiting } from '../worker/messages.ts'

/**
 * Finds the suspects after an unclean stop: callbacks that may have been running then. That is at most the first
 * callback of each key, and at most MAX_PREFETCH of a plugin. If the watchdog named a callback, only that one is a suspect.
 */
export class InDoubt {
  readonly #until: { readonly seq: number; readonly at: number }
  readonly #knownId: string | undefined
  readonly #keys = new Set<string>()
  #left: number

  /** @param until the last number at the start, and the time of the start in milliseconds since 1970 */
  constructor(clean: boolean, until: { readonly seq: number; readonly at: number }, knownId?: string) {
    this.#until = until
    this.#knownId = knownId
    this.#left = clean ? 0 : MAX_PREFETCH
  }

  isSuspect({ id, seq, key, dueAt }: Waiting): boolean {
    if (this.#knownId !== undefined && id !== this.#knownId) return false
    if (this.#left === 0 || seq > this.#until.seq || (dueAt ?? 0) > this.#until.at) return false
    if (key !== undefined && this.#keys.has(key)) return false
    if (key !== undefined) this.#keys.add(key)
    this.#left--
    return true
  }
}
