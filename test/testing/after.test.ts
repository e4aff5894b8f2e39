import { expect } from 'chai'
import { definePlugin } from '../../core/plugin.ts'
import { testPlugin } from '../../core/testing.ts'
import { errorOf, words } from './plugin.ts'

const JOIN = 'Group.CallbackAfterNewMemberJoin'
const options = { words: [] }

describe('testPlugin: after-callbacks', () => {
  it('resolve when the plugin has handled them, with what it kept, emitted and logged', async () => {
    await using t = await testPlugin(words, { options: { words: [], url: 'secret-address' } })
    await t.after(JOIN, { GroupId: 'a' })
    await t.after(JOIN, { GroupId: 'b' })
    expect(await t.records('join')).to.deep.equal([
      { group: 'a', attempt: 1 },
      { group: 'b', attempt: 1 },
    ])
    expect(t.events('changed')).to.deep.equal([{ joined: 1 }, { joined: 2 }])
    expect(t.log.at('info').map(({ msg }) => msg)).to.deep.equal(['of ***', 'of ***'])
    expect(t.log.at('warn')).to.deep.equal([])
  })

  it('have a printable key where they have an order', async () => {
    const keys: (string | undefined)[] = []
    const plugin = definePlugin({
      name: 'keys',
      handlers: {
        '*': { phase: 'after', handle: (context) => void (context.phase === 'after' && keys.push(context.orderKey)) },
      },
    })
    await using t = await testPlugin(plugin, { apps: [{ sdkAppId: 7, unsigned: true }] })
    await t.after(JOIN, { GroupId: '@TGS#群' })
    await t.after(JOIN, { GroupId: '@TGS#群', NewMemberList: [] })
    for (const [From_Account, To_Account] of [
      ['b', 'a/\ud800'],
      ['a/\ud800', 'b'],
    ])
      await t.after('C2C.CallbackAfterSendMsg', { From_Account, To_Account })
    await t.after('Group.CallbackAfterSomethingNew', {})
    const group = '7/group/%40TGS%23%E7%BE%A4'
    const conversation = '7/conversation/a%2F%EF%BF%BD/b'
    expect(keys).to.deep.equal([group, group, conversation, conversation, undefined])
  })

  it('merge what is set into the sample', async () => {
    await using t = await testPlugin(words, { options })
    await t.after('State.StateChange', { Info: { Action: 'Logout' } })
    const [info] = (await t.records('state')) as Record<string, unknown>[]
    expect(info).to.include({ Action: 'Logout' }).and.to.have.property('To_Account')
  })

  it('reject with what the handler threw, and are retried as the clock advances', async () => {
    await using t = await testPlugin(words, { options })
    const error = await errorOf(t.after(JOIN, { GroupId: 'fails' }))
    expect(error).to.be.instanceOf(RangeError).and.to.include({ message: 'attempt 1' })
    expect(await t.records('join')).to.deep.equal([])
    await t.clock.advance('10m')
    expect(await t.records('join')).to.deep.equal([{ group: 'fails', attempt: 3 }])
  })

  it('fail at the time limit when the clock is advanced to it', async () => {
    await using t = await testPlugin(words, { options })
    const handled = t.after(JOIN, { GroupId: 'hangs' })
    await t.clock.advance('30s')
    expect((await errorOf(handled)).message).to.contain('took too long')
  })

  it('keep values until their ttl, and leases, by the clock', async () => {
    await using t = await testPlugin(words, { options, now: new Date('2026-01-01') })
    await t.after(JOIN, { GroupId: 'a' })
    expect(await t.store.get('last')).to.equal('a')
    expect(await t.store.lease('one', 30_000)).to.have.property('fence', 1)
    await t.clock.advance(29_999)
    expect(await t.store.lease('one', 30_000)).to.equal(undefined)
    await t.clock.advance('31s')
    expect(await t.store.get('last')).to.equal(undefined)
    expect(await t.store.lease('one', 30_000)).to.have.property('fence', 2)
    expect(t.clock.now()).to.equal(Date.parse('2026-01-01T00:01:00.999Z'))
  })

  it('that come again are known as resends; with the id of an earlier one they are delivered again', async () => {
    await using t = await testPlugin(words, { options })
    const same = { GroupId: 'a', EventTime: 5 }
    const { id } = await t.after(JOIN, same)
    expect(await t.after(JOIN, same)).to.deep.equal({ id, resent: true })
    expect(await t.after(JOIN, { GroupId: 'a' }, { id })).to.deep.equal({ id, resent: false })
    expect(await t.records('join')).to.have.length(2)
  })

  it('whose failure no test has looked at fail the test when it ends', async () => {
    const t = await testPlugin(words, { options })
    void t.after(JOIN, { GroupId: 'fails' })
    await t.clock.advance(1)
    expect(await errorOf(t.close())).to.be.instanceOf(RangeError)
  })
})

describe('testPlugin: the REST API', () => {
  it('answers what the test says, and remembers the calls', async () => {
    await using t = await testPlugin(words, { options })
    t.rest.answer('sendGroupMsg', { MsgSeq: 7 }, ({ GroupId }) => ({ MsgSeq: GroupId.length }))
    await t.after(JOIN, { GroupId: 'greets' })
    expect(await t.store.get('greeted')).to.equal(7)
    await t.after(JOIN, { GroupId: 'greets' })
    expect(await t.store.get('greeted')).to.equal(6)
    expect(t.rest.calls.map(({ name }) => name)).to.deep.equal(['sendGroupMsg', 'sendGroupMsg'])
    expect(t.rest.calls[0]?.request).to.deep.include({ GroupId: 'greets', MsgBody: [] })
  })

  it('refuses with a RestError where the answer has a code', async () => {
    await using t = await testPlugin(words, { options })
    t.rest.answer('group_open_http_svc/send_group_msg', { ErrorCode: 10007, ErrorInfo: 'no right' })
    expect(await errorOf(t.after(JOIN, { GroupId: 'greets' }))).to.include({ code: 'REST_REFUSED', errorCode: 10007 })
  })

  it('fails the test with the name of a call that it does not expect, also where the plugin catches the error', async () => {
    await using t = await testPlugin(words, { options })
    for (const [GroupId, name] of Object.entries({ greets: 'sendGroupMsg', swallows: 'getGroupInfo' })) {
      const error = await errorOf(t.after(JOIN, { GroupId }))
      expect([error.code, error.message]).to.deep.equal(['TEST_FAILED', `unexpected REST call: ${name}`])
    }
  })
})
