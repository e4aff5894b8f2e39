import { createHash } from 'node:crypto'
import type { Candidate, Rule } from '../choose/eligible.ts'
import type { Limit } from '../choose/limits.ts'
import type { Options } from '../options.ts'
import type { FailedCall, Outcome } from './outcome.ts'
import type { Snapshot } from './snapshot.ts'

/** The most candidates in a record, unless more were chosen. More would only fill the store. */
const MAX_CANDIDATES = 50

/** One call of the REST API. Times are milliseconds. */
export interface CallRecord {
  readonly command: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** How many accounts or members the call concerned. */
  readonly size: number
  readonly ms: number
  /** 0 is success; absent if there was no answer. */
  readonly code?: number
  readonly tries?: number
  readonly info?: string
  readonly requestId?: string
}

/** The record of a run, stored under the kind `run`. Times are milliseconds since 1970, those of members seconds. */
export interface RunRecord {
  readonly run: string
  readonly app: number
  readonly group: string
  readonly mode: Options['mode']
  readonly events: { readonly count: number; readonly first: number; readonly last: number }
  readonly startedAt: number
  readonly fence: number
  readonly settings: Options
  readonly settingsHash: string
  /** This run follows up on one during which further reports came. */
  readonly followUp?: true
  /** The interrupted run that this one resumes. */
  readonly takesUp?: string
  endedAt?: number
  outcome?: Outcome
  /** A sentence for people, if the outcome needs an explanation. */
  why?: string
  before?: Snapshot
  after?: Snapshot
  seen?: number
  /** Fewer than nine tenths of the members were listed; the others are unknown. */
  partial?: true
  excluded?: Partial<Record<Rule, number>>
  candidates?: { readonly count: number; readonly first: readonly Candidate[] }
  need?: number
  allowed?: number
  limitedBy?: Limit
  chosen?: readonly Candidate[]
  /** Chosen, but not removed. */
  dropped: { account: string; why: Rule | 'gone' | 'rejoined' | 'spoke' | 'unsure' }[]
  /** Accounts named in removals that were sent, or about to be. */
  requested: string[]
  /** How many of them are no longer members; absent without a check. */
  confirmed?: number
  calls: CallRecord[]
  failed?: FailedCall
}

/** Returns the settings as a run records them, with a hash to compare them by. */
export function settingsOf(options: Options): Pick<RunRecord, 'settings' | 'settingsHash'> {
  const text = JSON.stringify(options)
  return { settings: options, settingsHash: createHash('sha256').update(text).digest('hex').slice(0, 16) }
}

/** Returns the record as it is stored: without the long tail of candidates, and with hashed accounts if the options say so. */
export function stored(record: RunRecord, hashAccounts: boolean): RunRecord {
  const { candidates, chosen } = record
  const limit = Math.max(MAX_CANDIDATES, chosen?.length ?? 0)
  const cut = {
    ...record,
    ...(candidates && { candidates: { ...candidates, first: candidates.first.slice(0, limit) } }),
  }
  return hashAccounts ? withoutAccounts(cut) : cut
}

function withoutAccounts(record: RunRecord): RunRecord {
  const name = (account: string): string => hashOf(record.app, account)
  const hide = <T extends { readonly account: string }>(member: T): T => ({ ...member, account: name(member.account) })
  const { before, after, candidates, chosen } = record
  const ownerless = (snapshot: Snapshot): Snapshot => ({ ...snapshot, owner: '' })
  return {
    ...record,
    ...(before && { before: ownerless(before) }),
    ...(after && { after: ownerless(after) }),
    ...(candidates && { candidates: { ...candidates, first: candidates.first.map(hide) } }),
    ...(chosen && { chosen: chosen.map(hide) }),
    settings: { ...record.settings, protectedAccounts: record.settings.protectedAccounts.map(name) },
    dropped: record.dropped.map(hide),
    requested: record.requested.map(name),
  }
}

/** The hash of an account, which never changes. */
export function hashOf(app: number, account: string): string {
  return createHash('sha256').update(`${app}\n${account}`).digest('hex').slice(0, 24)
}
