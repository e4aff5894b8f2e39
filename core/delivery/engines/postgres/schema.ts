import { migrate, STORE_TABLES } from '../../../store/postgres/migrate.ts'
import type { PostgresClient } from '../../../store/postgres/client.ts'
import { OUTCOME_FUNCTION } from './history/list.ts'
import { APPEND_FUNCTION, UNDELIVERED_FUNCTION } from './sql/append.ts'
import { LEASE_FUNCTION } from './sql/lease.ts'
import { REQUESTS_FUNCTIONS } from './sql/requests.ts'
import { REMOVE_FUNCTION } from './sql/retain.ts'
import { SETTLE_FUNCTION } from './sql/settle.ts'
import { COUNTS, TABLES } from './sql/tables.ts'

const FUNCTIONS = [
  APPEND_FUNCTION,
  UNDELIVERED_FUNCTION,
  SETTLE_FUNCTION,
  LEASE_FUNCTION,
  REQUESTS_FUNCTIONS,
  REMOVE_FUNCTION,
  OUTCOME_FUNCTION,
]
  .join('\n')
  .replaceAll('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')

/**
 * The n-th step makes version n out of the one before. Never change a released step. Add a new one, which ends with the
 * functions as they are now, and drops those whose arguments have changed first.
 */
const STEPS = [
  // The functions of version 1 that later steps name.
  `${STORE_TABLES}\n${TABLES}\n${FUNCTIONS}\nCREATE FUNCTION {schema}.settle(text, int, bigint, jsonb) RETURNS bool LANGUAGE sql AS 'SELECT false';`,
  `${COUNTS}\n${FUNCTIONS}`,
  // No longer replays a callback whose body is gone.
  FUNCTIONS,
  // After an outage leases stay with their processes.
  FUNCTIONS,
  // An append no longer reads all that is stored.
  FUNCTIONS,
]

/**
 * Creates the schema of timhook in PostgreSQL, or brings it up to date.
 * @throws TimhookError STORE_NEWER or STORE_FOREIGN
 */
export function makeSchema(postgres: PostgresClient): Promise<void> {
  return migrate(postgres, STEPS)
}
