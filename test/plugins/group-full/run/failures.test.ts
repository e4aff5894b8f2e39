import { expect } from 'chai'
import { OK_TEXT } from '../../../harness/answers.ts'
import { BAD_GATEWAY, HTML } from '../../../fakes/tencent-rest/faults.ts'
import { eventsOf, TOKENS } from '../../../harness/server.ts'
import { activeGroup, bench, GROUP, removals, THREE_INACTIVE } from '../support.ts'

const DELETE = 'delete_group_member'
const SPECIFIED = 'get_specified_group_member_info'

describe('group-full when calls fail (case 13)', () => {
  it('60007 twice, then success: the call is made again, more slowly', async () => {
    const { fake, run, bus } = await bench([activeGroup({}, THREE_INACTIVE)])
    const paused = eventsOf(bus, 'rest:paused')
    fake.inject({ command: 'get_group_member_info', answer: { code: 60007 }, times: 2 })
    expect(await run()).to.include({ outcome: 'removed' })
    expect(fake.callsOf('get_group_member_info')).to.have.length(3)
    expect(paused.map(({ reason }) => reason)).to.deep.equal(['rate', 'rate'])
  })

  it('10002 for ever: the job ends with code and info, and an alert', async () => {
    const { fake, run, bus } = await bench([activeGroup({}, THREE_INACTIVE)], { tries: 2 })
    fake.inject({ answer: { code: 10002, info: 'internal error' }, times: 999 })
    const alert = bus.next('plugin:group-full:alert')
    const record = await run()
    expect(record).to.include({ outcome: 'error' })
    expect(record.failed).to.include({ code: 10002, info: 'internal error' })
    expect(record.calls[0]).to.include({ command: 'get_group_info', code: 10002, tries: 2 })
    expect(fake.calls).to.have.length(2)
    expect(await alert).to.include({ outcome: 'error', group: GROUP })
  })

  it('a timeout after the removal took effect: it is not sent again', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { callTimeout: 3001 })
    fake.inject({ command: DELETE, answer: 'hang', effect: true })
    expect(await run()).to.include({ outcome: 'removed', confirmed: 1 })
    expect(removals(fake)).to.deep.equal([['g-6']])
  })

  it('a broken connection after the removal took effect, with others still to go: only they are sent', async () => {
    const limits = { targetFree: 3, maxFraction: 1, batchSize: 2 }
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], limits)
    fake.inject({ command: DELETE, answer: 'drop', effect: true })
    expect(await run()).to.deep.include({ outcome: 'removed', confirmed: 3, dropped: [] })
    expect(removals(fake)).to.deep.equal([['g-6', 'g-5'], ['g-7']])
  })

  for (const [what, answer] of [
    ['status 502', BAD_GATEWAY],
    ['a page of HTML', HTML],
    ['a broken connection', 'drop'],
    ['code 10002', { code: 10002 }],
  ] as const) {
    it(`${what} in place of a removal: it is sent again, once members have been looked at again`, async () => {
      const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
      fake.inject({ command: DELETE, answer })
      expect(await run()).to.include({ outcome: 'removed', confirmed: 1 })
      expect(removals(fake)).to.deep.equal([['g-6'], ['g-6']])
      const commands = fake.calls.map(({ command }) => command)
      const between = commands.slice(commands.indexOf(DELETE) + 1, commands.lastIndexOf(DELETE))
      expect(between).to.deep.equal(['get_group_info', SPECIFIED])
    })
  }

  it('what nobody knows of is counted once, however often it is sent', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { maxPerRun: 1, maxPerGroupPerDay: 1 })
    fake.inject({ command: DELETE, answer: 'drop' })
    const record = await run()
    expect(record).to.include({ outcome: 'removed', confirmed: 1 })
    expect(record.requested).to.deep.equal(['g-6'])
  })

  it('of those of whom nobody knows, no more are sent again than there is need of by then', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { targetFree: 2, maxFraction: 1 })
    fake.inject({ command: DELETE, answer: 'drop' })
    fake.inject({
      command: 'get_group_info',
      after: 2,
      edit: (answer) => {
        fake.world.groups.get(GROUP)?.members.delete('g-19')
        return { ...answer, GroupInfo: [{ ...(answer['GroupInfo'] as object[])[0], MemberNum: 19 }] }
      },
    })
    expect(await run()).to.include({ outcome: 'removed', confirmed: 1 })
    expect(removals(fake)).to.deep.equal([['g-6', 'g-5'], ['g-6']])
  })

  it('somebody who rejoined after such a removal is not removed again', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    const group = fake.world.groups.get(GROUP)
    fake.inject({
      command: DELETE,
      answer: 'drop',
      effect: true,
    })
    const member = group?.members.get('g-6')
    fake.inject({
      command: 'get_group_info',
      after: 2,
      edit: (answer) => {
        const now = Math.floor(Date.now() / 1000)
        group?.members.set('g-6', { ...member, joinTime: now, lastSendMsgTime: 0 } as never)
        return { ...answer, GroupInfo: [{ ...(answer['GroupInfo'] as object[])[0], MemberNum: 20 }] }
      },
    })
    const record = await run()
    expect(removals(fake)).to.deep.equal([['g-6']])
    expect(record.dropped).to.deep.equal([{ account: 'g-6', why: 'rejoined' }])
  })

  it('where only roles can be read, such a removal is not sent again: they may have rejoined', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({ command: SPECIFIED, answer: { code: 60009 }, times: 9 })
    fake.inject({ command: DELETE, answer: 'drop' })
    expect((await run()).dropped).to.deep.equal([{ account: 'g-6', why: 'unsure' }])
    expect(removals(fake)).to.deep.equal([['g-6']])
  })

  it('an ErrorCode of 0 without ActionStatus is a success', async () => {
    const oddities = { noActionStatus: true, noErrorInfo: true, requestId: true }
    const { run } = await bench([activeGroup({}, THREE_INACTIVE)], {}, { oddities })
    const record = await run()
    expect(record).to.include({ outcome: 'removed', confirmed: 1 })
    expect(record.calls.map(({ requestId }) => requestId)).to.deep.equal([1, 2, 3, 4, 5, 6, 7].map((n) => `fake-${n}`))
  })

  it('70001: the call is made again with a new UserSig', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({ command: 'get_group_member_info', answer: { code: 70001 } })
    expect(await run()).to.include({ outcome: 'removed' })
    expect(fake.callsOf('get_group_member_info')).to.have.length(2)
  })

  it('70009: no further call is made, for any group, and reports are still answered and recorded', async () => {
    const { fake, run, report, server, bus } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({ answer: { code: 70009 }, times: 999 })
    expect(await run()).to.include({ outcome: 'circuit-open' })
    const ended = bus.next('plugin:group-full:run')
    expect((await report('@TGS#other')).text).to.equal(OK_TEXT)
    expect(await ended).to.include({ outcome: 'circuit-open', group: '@TGS#other' })
    expect(fake.calls).to.have.length(1)
    expect(await server.running.stores.of('group-full').records('full')).to.have.length(2)
  })

  it('a code of settings that stops one command only: no further call is made for a while', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE), activeGroup({ id: '@TGS#h' })])
    fake.inject({ command: 'get_group_member_info', answer: { code: 10026 } })
    expect(await run()).to.include({ outcome: 'circuit-open' })
    const calls = fake.calls.length
    expect(await run('@TGS#h')).to.include({ outcome: 'circuit-open' })
    expect(fake.calls).to.have.length(calls)
  })

  for (const code of [10004, 10007]) {
    it(`${code} to a removal: the group is left alone for a day`, async () => {
      const { fake, run, server } = await bench([activeGroup({}, THREE_INACTIVE)])
      fake.inject({ command: DELETE, answer: { code } })
      expect(await run()).to.include({ outcome: 'refused' })
      const [cooling] = await server.running.stores.of('group-full').list('cooldown:')
      expect(cooling?.value)
        .to.have.property('until')
        .that.is.greaterThan(Date.now() + 23 * 3_600_000)
    })
  }

  it('case 19: no secret is in the log, in records or in what observers hear', async () => {
    const { fake, run, lines, server, bus } = await bench([activeGroup({}, THREE_INACTIVE)], { tries: 2 })
    const told = eventsOf(bus, 'plugin:group-full:run')
    await run()
    fake.inject({ answer: { code: 10002, info: `bad key ${fake.secretKey} in ${fake.url}` }, times: 99 })
    await run('@TGS#other')
    const store = server.running.stores.of('group-full')
    const kept = [await store.list(''), await store.records('run'), await store.records('full'), told, lines]
    const text = JSON.stringify(kept)
    expect(text).to.include('bad key')
    const usersig = fake.calls[0]?.query.get('usersig') ?? ''
    expect(usersig).to.match(/^eJ/)
    for (const secret of [fake.secretKey, usersig, ...TOKENS, 'usersig=']) expect(text).not.to.include(secret)
  })
})
