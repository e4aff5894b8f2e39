import { type GroupMember, matcher } from 'timhook/plugin'
import { type Candidate, type Facts, judge, type Rule } from './eligible.ts'
import { byInactivity } from './order.ts'
import { present } from './presence.ts'
import type { Snapshot } from '../report/snapshot.ts'
import { readmitted } from '../report/removed.ts'
import type { Run } from '../report/run-context.ts'

/** How many candidates are checked for being online at once. */
const ONLINE_BATCH = 100

/** Collects the facts that the rules need about this group. */
export async function factsFor(run: Run, group: Snapshot, knowsActivity = true): Promise<Facts> {
  const { options, store, place, administrators } = run
  const now = Date.now()
  const accounts = new Set(options.protectedAccounts)
  const fits = matcher(options.protectedPatterns)
  return {
    now: Math.floor(run.now() / 1000),
    owner: group.owner,
    administrators,
    isProtected: (account) => accounts.has(account) || fits(account),
    protectedByData: options.protectedByData,
    minMembershipDays: options.minMembershipDays,
    minInactivityDays: options.minInactivityDays,
    knowsActivity,
    skipOnline: options.skipOnline,
    respectReaders: options.respectReaders,
    nextMsgSeq: group.nextMsgSeq,
    wasReadmitted: await readmitted(store, place, { readmitGrace: options.readmitGrace, now }),
  }
}

/** Sorts the candidates, chooses the first ones, and records both. */
export async function choose(run: Run, group: Snapshot, members: readonly GroupMember[], limit: number): Promise<void> {
  const { record } = run
  // No document says whether a Community has times of messages, so a single such time proves it (intl 34948).
  const knowsActivity = group.type !== 'Community' || members.some(({ LastSendMsgTime: sent = 0 }) => sent > 0)
  const facts = await factsFor(run, group, knowsActivity)
  const excluded: Partial<Record<Rule, number>> = {}
  const exclude = (rule: Rule): void => {
    excluded[rule] = (excluded[rule] ?? 0) + 1
  }
  const candidates: Candidate[] = []
  for (const member of members) {
    const judged = judge(member, facts)
    if (typeof judged === 'string') exclude(judged)
    else candidates.push(judged)
  }
  const ordered = byInactivity(candidates)
  const chosen = await firstOffline(run, ordered, limit, () => exclude('online'))
  record.seen = members.length
  if (members.length < group.members * 0.9) record.partial = true
  record.excluded = excluded
  record.candidates = { count: ordered.length, first: ordered }
  record.chosen = chosen
}

/** Returns the first candidates; with `skipOnline`, only those who are not online. */
async function firstOffline(
  run: Run,
  ordered: readonly Candidate[],
  limit: number,
  onOnline: () => void,
): Promise<Candidate[]> {
  if (!run.options.skipOnline) return ordered.slice(0, limit)
  const chosen: Candidate[] = []
  for (let start = 0; start < ordered.length && chosen.length < limit; start += ONLINE_BATCH) {
    const batch = ordered.slice(start, start + ONLINE_BATCH)
    const here = await present(
      run,
      batch.map(({ account }) => account),
    )
    for (const candidate of batch) {
      if (here.has(candidate.account)) onOnline()
      else if (chosen.length < limit) chosen.push(candidate)
    }
  }
  return chosen
}
