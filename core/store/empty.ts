import { TimhookError } from '../errors.ts'
import type { Store } from './store.ts'

/** The store of a plugin for which nothing has been kept yet, and that nobody can write to. */
export function emptyStore(file: string): Store {
  const refuse = async (): Promise<never> => {
    throw new TimhookError('STORE_UNUSABLE', `there is no ${file} yet`, { hint: 'The server makes it when it starts.' })
  }
  return {
    get: async () => undefined,
    list: async () => [],
    records: async () => [],
    set: refuse,
    delete: refuse,
    update: refuse,
    lease: refuse,
    record: refuse,
  }
}
