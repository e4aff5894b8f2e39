import { expect } from 'chai'
import { BAD_GATEWAY, HTML, type Fault } from '../fakes/tencent-rest/faults.ts'
import { decodeUserSig } from '../fakes/tencent-rest/usersig.ts'
import { bench, failureOf, GROUP_ID, roles } from './support.ts'

const COMMAND = 'get_role_in_group'
const remove = { GroupId: GROUP_ID, MemberToDel_Account: ['g-5'] }

describe('a REST call that fails', () => {
  it('is tried again after 0.5, 1 and 2 s at most, four times in all', async () => {
    const { fake, rest, clock } = await bench()
    fake.inject({ answer: { code: 10002 }, times: 9 })
    const error = await failureOf(roles(rest))
    expect(error).to.include({ code: 'REST_REFUSED', errorCode: 10002, attempts: 4, retryable: true })
    expect(fake.calls).to.have.length(4)
    expect(clock.sleeps).to.deep.equal([500, 1000, 2000])
  })

  for (const code of [60008, 60014, 10002, 10023, 20004, 20005, 70169, 70202, 70500, 90992, 90994, 90995, 91000]) {
    it(`is tried again for ${code}, and then succeeds`, async () => {
      const { fake, rest, called } = await bench()
      fake.inject({ answer: { code }, times: 2 })
      await roles(rest)
      expect(called).to.deep.include.members([
        { ...called[0], outcome: 'ok', code: 0, attempts: 3, api: `group_open_http_svc/${COMMAND}` },
      ])
    })
  }

  for (const code of [60004, 60005, 60013]) {
    it(`is tried once more for ${code}`, async () => {
      const { fake, rest } = await bench()
      fake.inject({ answer: { code }, times: 9 })
      expect(await failureOf(roles(rest))).to.include({ errorCode: code, attempts: 2 })
    })
  }

  for (const code of [
    60002, 60009, 10003, 10026, 10004, 10005, 10007, 10018, 10010, 10015, 10014, 10038, 80001, 12345,
  ]) {
    it(`is not tried again for ${code}`, async () => {
      const { fake, rest } = await bench()
      fake.inject({ answer: { code, info: 'so it is' }, times: 9 })
      const error = await failureOf(roles(rest))
      expect(error).to.include({ errorCode: code, errorInfo: 'so it is', attempts: 1, retryable: false })
      // One command's trouble does not stop the others.
      await rest.queryOnlineStatus({ To_Account: ['g-0'] }).catch(() => undefined)
      expect(fake.calls).to.have.length(2)
    })
  }

  const transport: [string, Fault][] = [
    ['a gateway that has nobody to ask', { answer: BAD_GATEWAY }],
    ['a page in place of an answer', { answer: HTML }],
    ['an empty answer', { answer: { status: 200, text: '' } }],
    ['an answer without a code', { edit: () => ({ ActionStatus: 'OK' }) }],
    ['a broken connection', { answer: 'drop' }],
  ]
  for (const [name, fault] of transport) {
    it(`is tried again after ${name}`, async () => {
      const { fake, rest } = await bench()
      fake.inject({ ...fault, times: 3 })
      await roles(rest)
      fake.inject({ ...fault, times: 4 })
      const error = await failureOf(roles(rest))
      expect(error).to.include({ code: 'REST_UNANSWERED', attempts: 4, retryable: true, outcomeUnknown: true })
      expect(error.errorCode).to.equal(undefined)
    })
  }

  it('is not repeated when it may have taken effect and repeating may do harm', async () => {
    const { fake, rest } = await bench()
    fake.inject({ command: 'delete_group_member', answer: BAD_GATEWAY, effect: true })
    const removed = await failureOf(rest.deleteGroupMember(remove))
    expect(removed).to.include({ attempts: 1, outcomeUnknown: true, retryable: true })
    expect(fake.world.groups.get(GROUP_ID)?.members.has('g-5')).to.equal(false)
    fake.inject({ answer: { code: 10002 }, times: 2 })
    expect(await failureOf(rest.call('any_svc', 'any'))).to.include({ attempts: 1, outcomeUnknown: true })
    await rest.deleteGroupMember(remove, { repeatable: true })
  })

  it('is repeated when it cannot have taken effect, whatever it is', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: { code: 60007 } })
    await rest.deleteGroupMember(remove)
    expect(fake.calls).to.have.length(2)
    await fake.close()
    const refused = await failureOf(rest.deleteGroupMember(remove))
    expect(refused).to.include({ code: 'REST_UNANSWERED', attempts: 4, outcomeUnknown: false })
  })

  it('sends a group message again with the same Random, so that it appears once', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: 'drop', effect: true })
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } } as const]
    await rest.sendGroupMsg({ GroupId: GROUP_ID, MsgBody })
    expect(fake.calls).to.have.length(2)
    expect(fake.world.groups.get(GROUP_ID)?.messages).to.have.length(1)
  })

  it('gets a new UserSig when Tencent calls the present one expired, once', async () => {
    const { fake, rest, clock } = await bench()
    await roles(rest)
    clock.advance(1000)
    fake.inject({ answer: { code: 70001 } })
    await roles(rest)
    const times = fake.calls.map(({ query }) => decodeUserSig(query.get('usersig') ?? '')?.['TLS.time'])
    expect(times).to.deep.equal([1_700_000_000, 1_700_000_000, 1_700_000_001])
    fake.inject({ answer: { code: 70001 }, times: 9 })
    expect(await failureOf(roles(rest))).to.include({ errorCode: 70001, attempts: 2 })
  })

  it('stays within the number of tries that it is given', async () => {
    const { fake, rest } = await bench()
    fake.inject({ answer: { code: 70001 } })
    expect(await failureOf(roles(rest, { attempts: 1 }))).to.include({ attempts: 1 })
    await roles(rest, { attempts: 1 })
  })
})
