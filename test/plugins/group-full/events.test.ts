import { join } from 'node:path'
import { expect } from 'chai'
import { openSqliteHistory } from '../../../core/delivery/engines/sqlite/history/history.ts'
import type { RecordedFull } from '../../../plugins/group-full/report/event.ts'
import type { Member } from '../../fakes/tencent-rest/groups.ts'
import { OK_TEXT } from '../../harness/answers.ts'
import { folderWith } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'
import { eventsOf, serve, signed } from '../../harness/server.ts'
import {
  activeGroup,
  bench,
  type Bench,
  commandsOf,
  fakeWith,
  GROUP,
  QUICK,
  removals,
  THREE_INACTIVE,
} from './support.ts'

async function events({ server }: Pick<Bench, 'server'>): Promise<RecordedFull[]> {
  const records = await server.running.stores.of('group-full').records('full')
  return records.map(({ data }) => data as RecordedFull)
}

describe('group-full and the reports of full groups', () => {
  it('case 2: 50 reports within a second are 50 OK answers and one run', async () => {
    const running = await bench([activeGroup({}, THREE_INACTIVE)])
    const { fake, report, nextRun, runs, bus } = running
    const ended = nextRun()
    let handled = 0
    const all = bus.next('handler:done', () => ++handled === 50)
    const answers = await Promise.all(Array.from({ length: 50 }, () => report()))
    expect(answers.map(({ status, text }) => [status, text])).to.deep.equal(answers.map(() => [200, OK_TEXT]))
    await Promise.all([ended, all])
    expect(await runs()).to.have.length(1)
    expect(removals(fake)).to.deep.equal([['g-6']])
    const fates = (await events(running)).map(({ fate }) => fate)
    expect(fates.filter((fate) => fate === 'queued')).to.have.length(1)
    expect(fates).to.have.length(50)
  })

  it('case 3: the same report twice is one delivery, and it shows one resend', async () => {
    const file = join(await folderWith({}), 'timhook.db')
    const { apps, fake } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
    const server = await serve({
      apps,
      delivery: { engine: 'sqlite', sqlite: { file } },
      plugins: [{ use: 'group-full', options: QUICK }],
    })
    const ended = server.bus.next('plugin:group-full:run')
    const body = { CallbackCommand: FULL, GroupId: GROUP, EventTime: Date.now() - 5000 }
    const done = eventsOf(server.bus, 'handler:done')
    expect((await server.post(FULL, body, signed())).text).to.equal(OK_TEXT)
    const resent = server.bus.next('callback:resent')
    expect((await server.post(FULL, body, signed())).text).to.equal(OK_TEXT)
    expect(await resent).to.include({ resends: 1 })
    await ended
    expect(done).to.have.length(1)
    expect(await events(server)).to.have.length(1)
    expect(removals(fake)).to.have.length(1)
    // Resends are written within 20 ms, or at the stop.
    await server.server.stop({ drainMs: 0, graceMs: 0 })
    const history = openSqliteHistory(file)
    expect((await history.backward({ command: FULL })).entries.map(({ resends }) => resends)).to.deep.equal([1])
    await history.close()
  })

  it('the same report, delivered twice all the same, is recorded as a duplicate of the first', async () => {
    const { apps } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
    const server = await serve({ apps, delivery: { resendWindow: 0 }, plugins: [{ use: 'group-full' }] })
    const body = { CallbackCommand: FULL, GroupId: GROUP, EventTime: Date.now() }
    for (const _ of [1, 2]) {
      const done = server.bus.next('handler:done')
      await server.post(FULL, body, signed())
      await done
    }
    const [second, first] = await events(server)
    expect(first).to.include({ fate: 'recorded' })
    expect(second).to.include({ fate: 'duplicate', duplicateOf: first?.id })
  })

  /** A bench on a group that fills again with every removal. */
  async function refilling(): Promise<Bench> {
    const group = activeGroup({}, THREE_INACTIVE)
    const running = await bench([group])
    const { fake } = running
    fake.inject({ command: 'get_role_in_group', delayMs: 50, times: 9 })
    fake.inject({
      command: 'delete_group_member',
      times: 9,
      edit: (answer) => {
        const account = `new-${fake.calls.length}`
        group.members.set(account, { ...group.members.get('g-19'), account } as Member)
        return answer
      },
    })
    return running
  }

  /** What becomes of one more report. */
  async function fateOfAnother(running: Bench): Promise<string | undefined> {
    const handled = running.bus.next('handler:done')
    await running.report(GROUP, { EventTime: Date.now() + 3000 })
    await handled
    return (await events(running))[0]?.fate
  }

  it('reports during a run, of a group that has filled again, bring one further run and no third', async () => {
    const running = await refilling()
    const { fake, report, bus, runs } = running
    let count = 0
    const two = bus.next('plugin:group-full:run', () => ++count === 2)
    await report()
    await fake.called('delete_group_member')
    await report(GROUP, { EventTime: Date.now() + 1000 })
    await fake.called('delete_group_member', 2)
    await report(GROUP, { EventTime: Date.now() + 2000 })
    await two
    const [second, first] = await runs()
    expect([first?.followUp, second?.followUp]).to.deep.equal([undefined, true])
    expect(removals(fake)).to.deep.equal([['g-6'], ['g-5']])
    expect(await fateOfAnother(running)).to.equal('cooldown')
  })

  it('reports during a run that are older than it bring no further one', async () => {
    const running = await refilling()
    const { fake, report, nextRun, runs } = running
    const ended = nextRun()
    await report()
    await fake.called('delete_group_member')
    await report()
    await ended
    expect(await fateOfAnother(running)).to.equal('cooldown')
    expect(await runs()).to.have.length(1)
  })

  it('case 7: all members are active: nobody is removed, and the group rests', async () => {
    const running = await bench([activeGroup()])
    const { fake, run, report, bus, runs } = running
    expect(await run()).to.include({ outcome: 'nobody-eligible' })
    const calls = fake.calls.length
    for (const _ of [1, 2, 3]) {
      const done = bus.next('handler:done')
      expect((await report()).text).to.equal(OK_TEXT)
      await done
    }
    expect(fake.calls).to.have.length(calls)
    expect(removals(fake)).to.deep.equal([])
    expect(await runs()).to.have.length(1)
    expect((await events(running)).map(({ fate }) => fate)).to.deep.equal([...Array(3).fill('cooldown'), 'queued'])
    const cooling = (await running.server.running.stores.of('group-full').list('cooldown:'))[0]?.value
    expect((cooling as { until: number }).until - Date.now()).to.be.greaterThan(5 * 3_600_000)
  })

  it('case 7: that nobody may go is an alert once a day', async () => {
    const { run, bus } = await bench([activeGroup()], { cooldown: 0, cooldownWhenNobody: 0 })
    const alerts = eventsOf(bus, 'plugin:group-full:alert')
    await run()
    await run()
    expect(alerts).to.have.length(1)
  })

  it('case 8: there is room already', async () => {
    const { fake, run } = await bench([activeGroup({ size: 15 }, THREE_INACTIVE)])
    expect(await run()).to.include({ outcome: 'already-has-room' })
    expect(commandsOf(fake)).to.deep.equal(['get_group_info'])
  })

  it('case 8: a count of one below the cap is read again: the last to join may not be in it yet', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({ command: 'get_group_info', edit: (answer) => withMemberNum(answer, 19) })
    expect(await run()).to.include({ outcome: 'removed' })
    expect(commandsOf(fake).slice(0, 3)).to.deep.equal(['get_group_info', 'get_group_info', 'get_group_member_info'])
  })

  it('case 8: the cap is raised meanwhile', async () => {
    const group = activeGroup({}, THREE_INACTIVE)
    const { fake, run } = await bench([group])
    fake.inject({
      command: 'get_group_member_info',
      edit: (answer) => {
        group.cap = 50
        return answer
      },
    })
    expect(await run()).to.include({ outcome: 'already-has-room' })
    expect(removals(fake)).to.deep.equal([])
  })

  it('case 8: the group is dissolved before the run', async () => {
    const { fake, run } = await bench([])
    expect(await run()).to.include({ outcome: 'group-gone' })
    expect(commandsOf(fake)).to.deep.equal(['get_group_info'])
  })

  it('case 8: the group is dissolved between listing and removal', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({
      command: 'get_specified_group_member_info',
      edit: (answer) => {
        fake.world.groups.delete(GROUP)
        return answer
      },
    })
    expect(await run()).to.include({ outcome: 'group-gone' })
  })

  for (const [type, outcome] of [
    ['AVChatRoom', 'unsupported-type'],
    ['Community', 'unsupported-type'],
    ['Weird', 'unknown-type'],
    ['constructor', 'unknown-type'],
  ] as const) {
    it(`case 9: a group of the type ${type}: an OK answer, and no removal`, async () => {
      const group = activeGroup({}, THREE_INACTIVE)
      Object.assign(group, { type })
      const { fake, report, nextRun } = await bench([group])
      const ended = nextRun()
      expect((await report()).text).to.equal(OK_TEXT)
      expect(await ended).to.include({ outcome })
      expect(commandsOf(fake)).to.deep.equal(['get_group_info'])
    })
  }

  it('case 9: a Community is worked on where the options name it, and only if it tells of messages', async () => {
    const telling = await bench([activeGroup({ type: 'Community' }, THREE_INACTIVE)], { types: ['Community'] })
    expect(await telling.run()).to.include({ outcome: 'removed' })
    expect(telling.fake.callsOf('get_group_member_info')[0]?.body).to.include({ Next: '' })
    const silent = activeGroup({ type: 'Community' })
    for (const member of silent.members.values()) member.lastSendMsgTime = 0
    const { run } = await bench([silent], { types: ['Community'] })
    expect(await run()).to.deep.include({ outcome: 'nobody-eligible', excluded: { role: 2, 'activity-unknown': 18 } })
  })

  it('case 14: the REST server hangs: callbacks are answered all the same, while its call is open', async () => {
    const { fake, report, bus } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({ answer: 'hang', times: 99 })
    const order: string[] = []
    bus.on('rest:called', () => void order.push('call ended'))
    order.push((await report()).text)
    await fake.called('get_group_info')
    order.push((await report('@TGS#other')).text)
    await fake.called('get_group_info', 2)
    order.push((await report('@TGS#third')).text)
    expect(order).to.deep.equal([OK_TEXT, OK_TEXT, OK_TEXT])
    expect(fake.calls.map(({ code }) => code)).to.deep.equal([undefined, undefined])
  })

  for (const [what, given, expected] of [
    ['a number', 1670574414123, { eventTime: 1670574414123, eventTimeGiven: 'number', eventTimeRaw: 1670574414123 }],
    ['text', '1670574414123', { eventTime: 1670574414123, eventTimeGiven: 'string', eventTimeRaw: '1670574414123' }],
    ['absent', undefined, { eventTimeGiven: 'absent' }],
  ] as const) {
    it(`case 17: EventTime is ${what}, and a TopicId is there`, async () => {
      const running = await bench([activeGroup({}, THREE_INACTIVE)])
      const ended = running.nextRun()
      const body = { CallbackCommand: FULL, GroupId: GROUP, TopicId: '@TOPIC#_1', EventTime: given }
      await running.post(FULL, body, signed())
      const { events: told } = await ended
      const [event] = await events(running)
      expect(event).to.include({ ...expected, topic: '@TOPIC#_1', fate: 'queued', signed: true })
      expect(told).to.deep.equal({ count: 1, first: event?.eventTime, last: event?.eventTime })
    })
  }

  it('case 20: a foreign SdkAppid and a bad Sign leave no record, and call nobody', async () => {
    const running = await bench([activeGroup({}, THREE_INACTIVE)])
    const { post, report, fake } = running
    const body = { CallbackCommand: FULL, GroupId: GROUP, EventTime: Date.now() }
    expect((await post(FULL, body, { ...signed(), SdkAppid: '1400009999' })).status).to.equal(403)
    expect((await post(FULL, body, signed('wrong'))).status).to.equal(401)
    expect(await events(running)).to.deep.equal([])
    expect(fake.calls).to.deep.equal([])
    const ended = running.nextRun()
    await report()
    expect((await ended).events.count).to.equal(1)
  })
})

function withMemberNum(answer: Record<string, unknown>, MemberNum: number): Record<string, unknown> {
  const [entry] = answer['GroupInfo'] as object[]
  return { ...answer, GroupInfo: [{ ...entry, MemberNum }] }
}
