import { type Queryable, sql } from '../../../../store/postgres/sql.ts'
import { type DeadLetterCount, MAX_COUNTED, type PluginSteps } from '../../../history.ts'
import { find } from './list.ts'

const STATES = sql(
  'steps-states',
  `SELECT plugin, place, attempt, due_at, deferred_since, tries, error FROM {schema}.states
  WHERE partition = $1 AND seq = $2`,
)
const LETTERS = sql(
  'steps-letters',
  `SELECT plugin, num, at, attempts, error FROM {schema}.dead_letters WHERE partition = $1 AND seq = $2`,
)
const COUNTS = sql(
  'dead-letter-counts',
  `SELECT plugin, error, count(*) AS count
  FROM (SELECT plugin, error FROM {schema}.dead_letters ORDER BY num DESC LIMIT ${MAX_COUNTED.letters}) AS newest
  GROUP BY plugin, error ORDER BY count DESC, plugin, error LIMIT ${MAX_COUNTED.groups}`,
)

interface State {
  readonly plugin: string
  readonly place: 'pending' | 'held' | null
  readonly attempt: number
  readonly due_at: number | null
  readonly deferred_since: number | null
  readonly tries: number
  readonly error: string | null
}

interface Letter {
  readonly plugin: string
  readonly num: number
  readonly at: number
  readonly attempts: number
  readonly error: string
}

/** What is stored about a callback for each of its plugins. */
export async function steps(postgres: Queryable, id: string): Promise<PluginSteps[]> {
  const [entry] = await find(postgres, [id], false)
  if (!entry || entry.undelivered) return []
  const at = entry.ref.split('/').map(Number)
  const states = await postgres.query<State>(STATES, at)
  const letters = await postgres.query<Letter>(LETTERS, at)
  return entry.plugins.map(({ id: plugin, outcome }) => {
    const state = states.find((one) => one.plugin === plugin)
    const letter = outcome === 'dead' ? letters.find((one) => one.plugin === plugin) : undefined
    return { plugin, outcome, ...(state && stepsOf(state)), ...(letter && deadSteps(letter)) }
  })
}

function stepsOf({ place, attempt, due_at: dueAt, deferred_since: since, tries, error }: State): Partial<PluginSteps> {
  return {
    ...(tries !== 0 && { crashes: Math.abs(tries) }),
    ...(place !== null && { attempts: attempt - 1 }),
    ...(place !== null && dueAt !== null && { nextAt: dueAt }),
    ...(place === 'held' && { held: true }),
    ...(since !== null && { deferredSince: since }),
    ...(error !== null && { error }),
  }
}

function deadSteps({ num, at, attempts, error }: Letter): Partial<PluginSteps> {
  return { attempts, diedAt: at, deadLetter: `${num}`, error }
}

/** Counts the newest dead letters by plugin and error. */
export function deadLetterCounts(postgres: Queryable): Promise<DeadLetterCount[]> {
  return postgres.query<DeadLetterCount>(COUNTS)
}
