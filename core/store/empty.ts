import { TimhookError } from '../errors.ts'
import type { Store } from './store.ts'

/** The read-only store of a plugin that has not stored anything yet. */
export function emptyStore(file: string): Store {
  const fail = async (): Promise<never> => {
    throw new TimhookError('STORE_UNUSABLE', `there is no ${file} yet`, {
      hint: 'The server creates it when it starts.',
    })
  }
  return {
    get: async () => undefined,
    list: async () => [],
    records: async () => [],
    set: fail,
    delete: fail,
    update: fail,
    lease: fail,
    record: fail,
  }
}
