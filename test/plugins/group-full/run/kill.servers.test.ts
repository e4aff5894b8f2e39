import { expect } from 'chai'
import { keys } from '../../../../plugins/group-full/report/keys.ts'
import type { RunRecord } from '../../../../plugins/group-full/report/record.ts'
import type { Fault } from '../../../fakes/tencent-rest/faults.ts'
import { startCommand } from '../../../harness/cli.ts'
import { endLeases, folderFor, keptIn, reportTo, runsIn } from './processes.ts'
import { activeGroup, daysAgo, fakeWith, GROUP, removals } from '../support.ts'

// Three places are to be free, and three removals a day are allowed. Of 20 members 4 to 9 may go, in this order.
const SETTINGS = { targetFree: 3, maxFraction: 1, maxPerGroupPerDay: 3, batchSize: 1, pageSize: 10 }
const INACTIVE = Object.fromEntries([4, 5, 6, 7, 8, 9].map((n) => [n, { lastSendMsgTime: daysAgo(100 - n) }]))

interface Step extends Pick<Fault, 'after' | 'effect'> {
  what: string
  command: string
  /** Removals that are counted when the process dies, and those that worked. */
  counted: number
  removed: number
}

const STEPS: Step[] = [
  { what: 'while the group is read', command: 'get_group_info', counted: 0, removed: 0 },
  { what: 'while the first page is read', command: 'get_group_member_info', counted: 0, removed: 0 },
  { what: 'while the second page is read', command: 'get_group_member_info', after: 1, counted: 0, removed: 0 },
  { what: 'before the first batch', command: 'get_group_info', after: 1, counted: 0, removed: 0 },
  { what: 'in the first re-check', command: 'get_specified_group_member_info', counted: 0, removed: 0 },
  { what: 'in the first removal, before it worked', command: 'delete_group_member', counted: 1, removed: 0 },
  {
    what: 'in the first removal, after it worked',
    command: 'delete_group_member',
    effect: true,
    counted: 1,
    removed: 1,
  },
  { what: 'between two batches', command: 'get_group_info', after: 2, counted: 1, removed: 1 },
  { what: 'in the second re-check', command: 'get_specified_group_member_info', after: 1, counted: 1, removed: 1 },
  { what: 'in the second removal, before it worked', command: 'delete_group_member', after: 1, counted: 2, removed: 1 },
  {
    what: 'in the second removal, after it worked',
    command: 'delete_group_member',
    after: 1,
    effect: true,
    counted: 2,
    removed: 2,
  },
  { what: 'before it is verified', command: 'get_group_info', after: 4, counted: 3, removed: 3 },
  { what: 'while it is verified', command: 'get_role_in_group', counted: 3, removed: 3 },
]

/** What became of a step's group, as the test found it. */
interface Seen {
  /** The day's count and the members when the process had died. */
  used: number
  members: number
  /** Removals asked for before and after. */
  before: string[]
  after: string[]
  usedAtEnd: number
  runs: RunRecord[]
}

const idOf = (step: number): string => `@TGS#s${step}`
const namesOf = (step: number, ...members: number[]): string[] => members.map((n) => `s${step}-${n}`)

/**
 * Case 15, at every step: as many groups, each of which has come to another step when the one process is killed. Those
 * chosen by the runs that die become admins before the next process starts.
 */
describe('group-full, killed', () => {
  const seen: Seen[] = []
  let protectedRemovals: unknown

  before(async function () {
    const groups = STEPS.map((_, step) => activeGroup({ id: idOf(step) }, INACTIVE))
    const { fake } = await fakeWith(groups)
    const folder = await folderFor(fake, { ...SETTINGS, parallelGroups: 20 })
    STEPS.forEach(({ command, after = 0, effect = false }, step) => {
      fake.inject({ command, after, effect, group: idOf(step), answer: 'hang' })
    })
    const first = await startCommand(folder)
    await Promise.all(STEPS.map((_, step) => reportTo(first, fake, idOf(step))))
    await Promise.all(STEPS.map(({ command, after = 0 }, step) => fake.called(command, after + 1, idOf(step))))
    first.child.kill('SIGKILL')
    await first.ended

    const kept = await keptIn(folder)
    const used = async (step: number): Promise<number> => {
      const value = await kept.stores.of('group-full').get(keys.usedByGroup({ app: fake.sdkAppId, group: idOf(step) }))
      return (value as { count: number } | undefined)?.count ?? 0
    }
    const removalsIn = (step: number): string[] => removals(fake, idOf(step)).flat()
    for (const [step, group] of groups.entries()) {
      const state = { used: await used(step), members: group.members.size, before: removalsIn(step) }
      seen.push({ ...state, after: [], usedAtEnd: 0, runs: [] })
      for (const name of namesOf(step, 4, 5, 6)) Object.assign(group.members.get(name) ?? {}, { role: 'Admin' })
    }
    endLeases(folder)
    const second = await startCommand(folder)
    for (const step of STEPS.keys()) {
      await second.line(({ msg, group }) => String(msg).startsWith('run ended') && group === idOf(step))
    }
    for (const [step, one] of seen.entries()) {
      one.after = removalsIn(step).slice(one.before.length)
      one.usedAtEnd = await used(step)
      one.runs = (await runsIn(kept)).filter(({ group }) => group === idOf(step))
    }
    protectedRemovals = fake.world.protectedRemovals
  })

  STEPS.forEach(({ what, counted, removed }, step) => {
    it(`${what}: the day's count is kept, and nobody who has become protected is removed`, () => {
      const { used, members, before, after, usedAtEnd, runs } = seen[step] as Seen
      expect([used, members]).to.deep.equal([counted, 20 - removed])
      expect(before).to.deep.equal(namesOf(step, 4, 5, 6).slice(0, counted))
      // Whoever was counted is counted for good, removed or not; three a day are all there are.
      const more = 3 - counted
      expect(after).to.deep.equal(namesOf(step, 7, 8, 9).slice(0, more))
      expect(usedAtEnd).to.equal(3)
      expect(protectedRemovals).to.deep.equal([])
      const [cut, next] = runs
      expect(cut).to.deep.include({ outcome: 'incomplete', why: 'its process ended', requested: before })
      expect(next).to.include({ takesUp: cut?.run, fence: 2 })
      const outcome = removed === 3 ? 'already-has-room' : more === 3 - removed ? 'removed' : 'partly-removed'
      expect(next).to.include({ outcome, ...(more > 0 && { confirmed: more }) })
    })
  })

  it('and started again in mode record: what was under way is recorded, and nothing more is done', async () => {
    const { fake } = await fakeWith([activeGroup({}, INACTIVE)])
    const folder = await folderFor(fake, SETTINGS)
    fake.inject({ command: 'delete_group_member', answer: 'hang' })
    const first = await startCommand(folder)
    await reportTo(first, fake, GROUP)
    await fake.called('delete_group_member')
    first.child.kill('SIGKILL')
    await first.ended
    const calls = fake.calls.length
    const { writeFile, readFile } = await import('node:fs/promises')
    const config = `${folder}/config/plugins.yaml`
    await writeFile(config, (await readFile(config, 'utf8')).replace('"remove"', '"record"'))
    await startCommand(folder)
    const kept = await keptIn(folder)
    expect(await kept.stores.of('group-full').list('job:')).to.deep.equal([])
    expect((await runsIn(kept)).map(({ outcome, requested }) => [outcome, requested])).to.deep.equal([
      ['incomplete', ['g-4']],
    ])
    expect(fake.calls).to.have.length(calls)
  })

  it('what it had requested counts against the limits of the run that takes it up', async () => {
    const { fake } = await fakeWith([activeGroup({}, INACTIVE)])
    const folder = await folderFor(fake, { ...SETTINGS, maxPerRun: 1, maxPerGroupPerDay: 50 })
    fake.inject({ command: 'delete_group_member', answer: 'hang' })
    const first = await startCommand(folder)
    await reportTo(first, fake, GROUP)
    await fake.called('delete_group_member')
    first.child.kill('SIGKILL')
    await first.ended
    endLeases(folder)
    const second = await startCommand(folder)
    expect(await second.line(({ msg }) => String(msg).startsWith('run ended'))).to.include({ outcome: 'limit-reached' })
    expect(removals(fake)).to.deep.equal([['g-4']])
  })

  it('a lease that nobody ended runs out, and the job is taken up then', async () => {
    const { fake } = await fakeWith([activeGroup({}, INACTIVE)])
    const folder = await folderFor(fake, { ...SETTINGS, lease: 1500 })
    fake.inject({ command: 'get_group_member_info', answer: 'hang' })
    const first = await startCommand(folder)
    await reportTo(first, fake, GROUP)
    await fake.called('get_group_member_info')
    first.child.kill('SIGKILL')
    await first.ended
    const second = await startCommand(folder)
    expect(await second.line(({ msg }) => String(msg).startsWith('run ended'))).to.include({ outcome: 'removed' })
  })
})
