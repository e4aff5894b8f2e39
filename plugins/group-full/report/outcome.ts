import { RestError } from 'timhook/plugin'

/** The outcome of a run. */
export type Outcome =
  | 'removed'
  | 'partly-removed'
  | 'dry-run'
  | 'already-has-room'
  | 'cap-raised'
  | 'nobody-eligible'
  | 'limit-reached'
  | 'cooldown'
  | 'not-in-scope'
  | 'unsupported-type'
  | 'unknown-type'
  | 'group-gone'
  | 'refused'
  | 'inconsistent'
  | 'incomplete'
  | 'circuit-open'
  | 'killed'
  | 'error'

/** A failed call, as it is recorded. */
export interface FailedCall {
  readonly api: string
  readonly error: string
  readonly code?: number
  readonly info?: string
  readonly requestId?: string
}

/** Ends a run early. */
export class Halt extends Error {
  override readonly name = 'Halt'
  readonly outcome: Outcome
  readonly failed: FailedCall | undefined
  /** Whether the job stays, for this or another process to resume. */
  readonly resumes: boolean

  constructor(outcome: Outcome, why: string, details: { failed?: FailedCall; resumes?: boolean } = {}) {
    super(why)
    this.outcome = outcome
    this.failed = details.failed
    this.resumes = details.resumes ?? false
  }
}

const GONE = new Set([10010, 10015])
const REFUSED = new Set([10004, 10007])

/** Makes a Halt of a failure. Rethrows an error that is not from the REST API. */
export function haltFor(error: unknown, signal: AbortSignal): Halt {
  if (error instanceof Halt) return error
  if (signal.aborted && signal.reason instanceof Halt) return signal.reason
  if (!(error instanceof RestError)) throw error
  const { api, code, errorCode, errorInfo, requestId, kind, message } = error
  const failed: FailedCall = {
    api,
    error: code,
    ...(errorCode !== undefined && { code: errorCode }),
    ...(errorInfo !== undefined && { info: errorInfo }),
    ...(requestId !== undefined && { requestId }),
  }
  // The server stops.
  if (kind === 'aborted') return new Halt('incomplete', message, { failed, resumes: true })
  return new Halt(outcomeFor(errorCode, kind, api), message, { failed })
}

/** Returns the outcome for a code of a call, or of one group in its answer. */
export function outcomeFor(code: number | undefined, kind: RestError['kind'] | undefined, api: string): Outcome {
  if (code !== undefined && GONE.has(code)) return 'group-gone'
  if (code !== undefined && REFUSED.has(code)) return 'refused'
  // The group's type does not know the command; for others the address of the service is wrong.
  if (code === 10003 && api.endsWith('get_group_info')) return 'refused'
  return kind === 'configuration' || kind === 'suspended' ? 'circuit-open' : 'error'
}

const ALERTING = new Set<Outcome>([
  'refused',
  'unknown-type',
  'inconsistent',
  'incomplete',
  'circuit-open',
  'error',
  'nobody-eligible',
])

/** Whether an operator should look at the run. */
export function needsAttention(outcome: Outcome): boolean {
  return ALERTING.has(outcome)
}
