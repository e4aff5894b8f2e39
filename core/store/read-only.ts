import { TimhookError } from '../errors.ts'
import type { Store } from './store.ts'

/** The store of a plugin, which can be read but not changed. */
export function readOnly(store: Store): Store {
  const fail = async (): Promise<never> => {
    throw new TimhookError('STORE_UNUSABLE', 'a view may read the store, and not change it')
  }
  return {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    records: (kind, options) => store.records(kind, options),
    set: fail,
    delete: fail,
    update: fail,
    lease: fail,
    record: fail,
  }
}
