import { createLogger } from '../../../core/observe/log.ts'
import { openPostgres, type PostgresClient } from '../../../core/store/postgres/client.ts'
import type { PostgresSettings } from '../../../core/store/postgres/options.ts'
import { stopAfterTest } from '../hooks.ts'

/** What was logged, and how to connect with it. */
export interface Connecting {
  readonly lines: string[]
  readonly open: (settings: Partial<PostgresSettings> & { url: string }) => Promise<PostgresClient>
}

/** Connects to PostgreSQL as a server does. The connections are closed when the test is over. */
export function connecting(times: { startMs?: number; silentMs?: number } = {}): Connecting {
  const lines: string[] = []
  const log = createLogger({ destination: { write: (line: string) => void lines.push(line) } })
  return {
    lines,
    async open(settings) {
      const postgres = await openPostgres(
        { schema: 'timhook', durability: 'strict', ...settings },
        { log, startMs: 2000, ...times },
      )
      stopAfterTest(() => postgres.close())
      return postgres
    },
  }
}
