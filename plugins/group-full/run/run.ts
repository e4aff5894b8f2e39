import { matcher } from 'timhook/plugin'
import { announce } from './announce.ts'
import { leftToday } from '../remove/budget.ts'
import { choose } from '../choose/choose.ts'
import { allowedRemovals } from '../choose/limits.ts'
import { keys } from '../report/keys.ts'
import { checkKillSwitch } from '../remove/kill-switch.ts'
import { listMembers } from '../choose/list-members.ts'
import { Halt, haltFor, type Outcome } from '../report/outcome.ts'
import { raiseCap } from '../remove/raise-cap.ts'
import { needOf, readFullGroup, readGroup } from '../choose/read-group.ts'
import type { Snapshot } from '../report/snapshot.ts'
import { removeChosen } from '../remove/remove.ts'
import type { Run } from '../report/run-context.ts'
import { verify } from '../remove/verify.ts'

/** Does one run, and records it. Returns whether the job must be resumed later. */
export async function doRun(run: Run): Promise<{ resumes: boolean }> {
  const { record, signal } = run
  let resumes = false
  try {
    record.outcome = await steps(run)
  } catch (error) {
    const halt = haltFor(error, signal)
    record.outcome = halt.outcome
    record.why = halt.message
    if (halt.failed) record.failed = halt.failed
    resumes = halt.resumes
  }
  record.endedAt = Date.now()
  return { resumes }
}

async function steps(run: Run): Promise<Outcome> {
  const { record, options } = run
  await checkScope(run)
  const acts = record.mode === 'remove'
  let group = await readFullGroup(run)
  record.before = group
  if (needOf(group, options.targetFree) <= 0) return 'already-has-room'
  if (acts) {
    await checkKillSwitch(options.stopFile)
    await announce(run, 'full', group.cap - group.members)
    if (await raiseCap(group, run)) {
      group = await readGroup(run)
      record.after = group
      if (needOf(group, options.targetFree) <= 0) return roomMade(run, group, 'cap-raised')
    }
  }
  const outcome = await plan(run, group)
  if (outcome) return outcome
  if (!acts) return 'dry-run'
  const endedBy = await removeChosen(run)
  return roomMade(run, group, await verify(run, endedBy))
}

/** Chooses the members to remove and records them, or the reason why there are none. */
async function plan(run: Run, group: Snapshot): Promise<Outcome | undefined> {
  const { record, options, store, place } = run
  const need = needOf(group, options.targetFree)
  const left = await leftToday(store, place, options, Date.now())
  const { allowed, limitedBy } = allowedRemovals(need, options, {
    members: group.members,
    requested: run.carried,
    left,
  })
  record.need = need
  record.allowed = allowed
  if (limitedBy) record.limitedBy = limitedBy
  if (allowed <= 0) return 'limit-reached'
  // A Work group is activated by its first message: until then everybody in it is silent (intl 34948).
  if (group.type === 'Work' && group.nextMsgSeq === 1) {
    record.why = 'nobody has written in this group yet'
    return 'nobody-eligible'
  }
  await choose(run, group, await listMembers(run, group), allowed)
  return record.chosen?.length === 0 ? 'nobody-eligible' : undefined
}

/** Checks what needs no call. @throws Halt */
async function checkScope({ options, place, store }: Run): Promise<void> {
  const { allow, deny } = options.groups
  if (matcher(deny)(place.group)) throw new Halt('not-in-scope', 'groups.deny names the group')
  if (allow.length > 0 && !matcher(allow)(place.group)) {
    throw new Halt('not-in-scope', 'groups.allow does not name the group')
  }
  const code = await store.get(keys.circuit(place.app))
  if (code !== undefined) throw new Halt('circuit-open', `calls are suspended after code ${code as number}`)
}

async function roomMade(run: Run, group: Snapshot, outcome: Outcome): Promise<Outcome> {
  const { cap, members } = run.record.after ?? group
  const free = cap - members
  if (outcome !== 'nobody-eligible' && free > 0) await announce(run, 'roomMade', free)
  return outcome
}
