import { MAX_PREFETCH } from '../../../consume/prefetch.ts'
import type { Waiting } from '../worker/messages.ts'

/**
 * After a stop that was not clean: tells which callbacks may have been under way then. Of each key that is the first
 * one, of each plugin no more than its lanes hold. Where the watchdog knew which one it was, that is the only one.
 */
export class InDoubt {
  readonly #until: { readonly seq: number; readonly at: number }
  readonly #knownId: string | undefined
  readonly #keys = new Set<string>()
  #left: number

  /** @param until the last number and the time, milliseconds since 1970, at the start */
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
