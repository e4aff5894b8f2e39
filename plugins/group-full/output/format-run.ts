import type { CommandContext } from 'timhook/plugin'
import type { Candidate } from '../choose/eligible.ts'
import { lastActivity } from '../choose/order.ts'
import type { RunRecord } from '../report/record.ts'

const DAY_MS = 86_400_000
const STATES = { chosen: 'chosen', requested: 'removal requested' } as const

/** Formats a run as text: the group, how many members each rule protected, and who was chosen and why. */
export function formatRun(record: RunRecord, table: CommandContext['table']): string {
  const { startedAt, group, app, mode, outcome = 'error', why } = record
  const lines = [
    `${new Date(startedAt).toISOString()}  ${group} of app ${app}, ${mode}: ${outcome}${why === undefined ? '' : ` (${why})`}`,
    ...found(record),
    ...excluded(record),
    ...confirmed(record),
  ]
  const chosen = chosenRows(record)
  return `${lines.join('\n  ')}\n${chosen.length > 0 ? table(chosen).replaceAll(/^/gm, '    ').trimEnd() + '\n' : ''}`
}

function found({ before, seen, partial, candidates, need, allowed, limitedBy }: RunRecord): string[] {
  if (!before) return []
  const limit = limitedBy === undefined ? '' : `, limited by ${limitedBy}`
  const room = need === undefined ? '' : `; needs ${need}, allowed ${allowed ?? 0}${limit}`
  const listed =
    seen === undefined
      ? []
      : [`${seen} members${partial ? ' of an incomplete list' : ''} seen, ${candidates?.count ?? 0} may be removed`]
  return [`${before.type} group, ${before.members} of ${before.cap} members${room}`, ...listed]
}

function excluded(record: RunRecord): string[] {
  const counts = excludedText(record)
  return counts === '' ? [] : [`protected: ${counts}`]
}

/** How many members each rule protected. */
export function excludedText({ excluded = {} }: RunRecord): string {
  return Object.entries(excluded)
    .map(([rule, count]) => `${rule} ${count}`)
    .join(', ')
}

function confirmed({ requested, confirmed: gone, dropped }: RunRecord): string[] {
  const changed = dropped.map(({ account, why }) => `${account} (${why})`).join(', ')
  const seen = gone === undefined ? '' : `, ${gone} confirmed gone`
  return [
    ...(requested.length === 0 ? [] : [`removals requested: ${requested.length}${seen}`]),
    ...(changed === '' ? [] : [`chosen, then spared: ${changed}`]),
  ]
}

/** Who was chosen in a run and why, in the order of removal. */
export function chosenRows({ chosen = [], requested, startedAt }: RunRecord): Record<string, unknown>[] {
  return chosen.map((candidate, index) => ({
    rank: index + 1,
    account: candidate.account,
    state: requested.includes(candidate.account) ? STATES.requested : STATES.chosen,
    why: reasonOf(candidate, startedAt),
  }))
}

function reasonOf(candidate: Candidate, nowMs: number): string {
  const days = (seconds: number): number => Math.floor((nowMs - seconds * 1000) / DAY_MS)
  const { joinTime, lastSendMsgTime: sent } = candidate
  const spoke = sent === 0 ? 'never sent a message' : `last message ${days(sent)} days ago`
  const inactive = `inactive for ${days(lastActivity(candidate))} days`
  return `${inactive}: ${spoke}, joined ${days(joinTime)} days ago`
}
