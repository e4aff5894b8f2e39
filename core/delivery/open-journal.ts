import { resolve } from 'node:path'
import { TimhookError } from '../errors.ts'
import type { EngineSettings } from './engine.ts'
import type { Journal } from './journal.ts'
import { openSqliteJournal } from './sqlite/journal.ts'

/**
 * Opens what the config's engine has stored, from another process than the server.
 * @throws TimhookError STORE_NOT_SHARED, NOT_SUPPORTED_YET, STORE_MISSING, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or
 * STORE_UNUSABLE
 */
export async function openJournal({ engine, sqlite }: Pick<EngineSettings, 'engine' | 'sqlite'>): Promise<Journal> {
  if (engine === 'sqlite') return openSqliteJournal(resolve(sqlite.file))
  if (engine === 'redis') throw new TimhookError('NOT_SUPPORTED_YET', 'the engine redis cannot be looked into yet')
  throw new TimhookError(
    'STORE_NOT_SHARED',
    'the engine memory keeps callbacks in the server, where no other process sees them',
    {
      hint: 'Set delivery.engine to sqlite.',
    },
  )
}
