import { newId } from '../../../../lib/id.ts'
import { createLogger } from '../../../../observe/log.ts'
import { openPostgres, type PostgresClient } from '../../../../store/postgres/client.ts'
import { versionOf } from '../../../../store/postgres/migrate.ts'
import type { PostgresSettings } from '../../../../store/postgres/options.ts'
import { TimhookError } from '../../../../errors.ts'
import type { AdminRequest, AdminResult, RefOutcome, History, OpeningOptions } from '../../../history.ts'
import { IS_SERVED } from '../sql/lease.ts'
import { BACKLOGS } from '../sql/read.ts'
import { HOLDS, REQUEST, type RequestsRow, RESULT } from '../sql/requests.ts'
import { deadLetterCounts, deadLetters } from './dead-letters.ts'
import { erase } from './erase.ts'
import { backward, end, find, forward } from './list.ts'
import { records } from './records.ts'
import { steps } from './steps.ts'

/** A search may read everything that is stored. */
const SILENT_MS = 120_000
const LETTER = /^\d{1,18}$/
const REF = /^\d{1,4}\/-?\d{1,18}$/

/**
 * Opens the history of a PostgreSQL whose servers may be running.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openPostgresHistory(settings: PostgresSettings, options: OpeningOptions = {}): Promise<History> {
  const postgres = await openBeside(settings, options)
  if ((await versionOf(postgres)) === 0) {
    await postgres.close()
    throw new TimhookError('STORE_MISSING', `the schema ${postgres.schema} has nothing of timhook yet`, {
      hint: 'The server creates it when it starts.',
    })
  }
  return {
    backward: (filter, place) => backward(postgres, filter, place),
    forward: (filter, place) => forward(postgres, filter, place),
    end: () => end(postgres),
    find: (ids, { bodies = false } = {}) => find(postgres, ids, bodies),
    deadLetters: (filter = {}) => deadLetters(postgres, filter),
    deadLetterCounts: () => deadLetterCounts(postgres),
    steps: (id) => steps(postgres, id),
    records: (filter = {}) => records(postgres, filter),
    backlogs: () => postgres.query<{ plugin: string; count: number }>(BACKLOGS),
    holds: async () => (await postgres.query<RequestsRow>(HOLDS))[0]?.holds ?? {},
    async request(asked) {
      const id = newId()
      await postgres.query(REQUEST, [id, JSON.stringify(withValidRefs(asked))])
      return id
    },
    async result(request) {
      const [row] = await postgres.query<{ outcomes: RefOutcome[] }>(RESULT, [request])
      return row && resultOf(row.outcomes)
    },
    erase: (erasure) => erase(postgres, erasure),
    async isServed() {
      return (await postgres.query<{ is_served: boolean }>(IS_SERVED))[0]?.is_served ?? false
    },
    close: () => postgres.close(),
  }
}

/** Connects next to running servers, which warn on their own if something may be lost. */
export async function openBeside(settings: PostgresSettings, options: OpeningOptions): Promise<PostgresClient> {
  const log = createLogger({ level: 'silent' })
  return openPostgres({ ...settings, durability: 'relaxed' }, { log, silentMs: SILENT_MS, ...options })
}

/** Replaces what cannot be a ref with one that matches nothing. */
function withValidRefs(asked: AdminRequest): AdminRequest {
  if (asked.kind === 'pause' || asked.kind === 'resume') return asked
  const [pattern, nothing] = asked.kind === 'replay' ? [REF, '0/0'] : [LETTER, '0']
  return { ...asked, refs: asked.refs.map((ref) => (pattern.test(ref) ? ref : nothing)) }
}

function resultOf(outcomes: readonly RefOutcome[]): AdminResult {
  const counts = { count: 0, waiting: 0, gone: 0, foreign: 0 }
  for (const outcome of outcomes) counts[outcome]++
  return { ...counts, outcomes }
}
