import type { SetupContext } from '../plugin.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Lease, Store } from '../store/store.ts'
import { toJson } from '../store/to-json.ts'
import type { Asked } from './wire/messages.ts'

/** How many leases are remembered. A plugin with more than this never releases any. */
const MAX_LEASES = 10_000

/** Carries out a plugin's requests to the server. */
export class Services {
  readonly #context: Pick<SetupContext<unknown>, 'store' | 'rest'>
  readonly #leases = new Map<number, Lease>()
  readonly #calls = new Map<number, AbortController>()
  #lease = 0

  constructor(context: Pick<SetupContext<unknown>, 'store' | 'rest'>) {
    this.#context = context
  }

  /** Carries out a request, and resolves with the answer. `n` is the number for `cancel`. */
  answer(n: number, asked: Asked): Promise<unknown> {
    const { store } = this.#context
    switch (asked.what) {
      case 'get':
        return store.get(asked.key).then(toJson)
      case 'delete':
        return store.delete(asked.key)
      case 'set':
        return store.set(asked.key, parse(asked.json), asked.ttlMs === undefined ? {} : { ttlMs: asked.ttlMs })
      case 'list':
        return store.list(asked.prefix)
      case 'swap':
        return swap(store, asked)
      case 'record':
        return store.record(asked.record, parse(asked.json))
      case 'records':
        return store.records(asked.record, asked.limit === undefined ? {} : { limit: asked.limit })
      case 'lease':
        return this.#take(asked.name, asked.ttlMs)
      case 'renew':
        return this.#leases.get(asked.lease)?.renew(asked.ttlMs) ?? Promise.resolve(false)
      case 'release':
        return this.#release(asked.lease)
      case 'rest':
        break
    }
    return this.#call(n, asked)
  }

  /** Aborts the REST call with this number. */
  cancel(n: number): void {
    this.#calls.get(n)?.abort(new Error('the plugin has aborted it'))
  }

  /** Aborts all REST calls. */
  end(): void {
    for (const n of this.#calls.keys()) this.cancel(n)
    this.#leases.clear()
  }

  async #take(name: string, ttlMs: number): Promise<{ lease: number; fence: number } | undefined> {
    const held = await this.#context.store.lease(name, ttlMs)
    if (!held) return undefined
    const lease = ++this.#lease
    this.#leases.set(lease, held)
    for (const oldest of this.#leases.keys()) {
      if (this.#leases.size <= MAX_LEASES) break
      this.#leases.delete(oldest)
    }
    return { lease, fence: held.fence }
  }

  async #release(lease: number): Promise<void> {
    const held = this.#leases.get(lease)
    this.#leases.delete(lease)
    await held?.release()
  }

  async #call(n: number, asked: Extract<Asked, { what: 'rest' }>): Promise<JsonObject> {
    const { sdkAppId, service, command, json, timeoutMs, attempts, repeatable } = asked
    const abort = new AbortController()
    this.#calls.set(n, abort)
    try {
      // The client refuses text that is not JSON, as it does without a thread.
      const body = parse(json) as object
      const options = {
        signal: abort.signal,
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(attempts !== undefined && { attempts }),
        ...(repeatable !== undefined && { repeatable }),
      }
      return await this.#context.rest(sdkAppId).call(service, command, body, options)
    } finally {
      this.#calls.delete(n)
    }
  }
}

/** Writes if the value is still the one that the plugin changed. Otherwise returns the current value. */
async function swap(
  store: Store,
  { key, expected, json }: Extract<Asked, { what: 'swap' }>,
): Promise<{ isSwapped: boolean; current?: string | undefined }> {
  let current: string | undefined
  let isSwapped = false
  await store.update(key, (value) => {
    current = toJson(value)
    isSwapped = current === expected
    return isSwapped ? parse(json) : value
  })
  return isSwapped ? { isSwapped } : { isSwapped, current }
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : (JSON.parse(json) as unknown)
}
