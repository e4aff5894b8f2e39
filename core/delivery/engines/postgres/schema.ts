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
 * The n-th makes version n out of the one before. What was released is never changed: a change is a step of its own, which
 * ends with the functions as they are now. Functions that take other arguments than before are dropped first.
 */
const STEPS = [
  // The functions of version 1 that the steps behind it name.
  `${STORE_TABLES}\n${TABLES}\n${FUNCTIONS}\nCREATE FUNCTION {schema}.settle(text, int, bigint, jsonb) RETURNS bool LANGUAGE sql AS 'SELECT false';`,
  `${COUNTS}\n${FUNCTIONS}`,
  // Replays nothing whose body is gone.
  FUNCTIONS,
]

/**
 * Makes all that timhook stores in PostgreSQL, or brings it up to date.
 * @throws TimhookError STORE_NEWER or STORE_FOREIGN
 */
export function makeSchema(postgres: PostgresClient): Promise<void> {
  return migrate(postgres, STEPS)
}
