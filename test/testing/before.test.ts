import { expect } from 'chai'
import { testPlugin, text } from '../../core/testing.ts'
import { errorOf, words } from './plugin.ts'

const COMMAND = 'Group.CallbackBeforeSendMsg'
const options = { words: ['casino'] }
const saying = (content: string): { MsgBody: ReturnType<typeof text>[] } => ({ MsgBody: [text(content)] })

describe('testPlugin: before-callbacks', () => {
  it('give the verdict and the whole answer', async () => {
    await using t = await testPlugin(words, { options })
    const rejected = await t.before(COMMAND, saying('a casino'))
    expect(rejected).to.deep.include({ outcome: 'reject', code: 10100, info: 'not casino', fields: {}, failed: false })
    expect(rejected.answer).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: 'not casino', ErrorCode: 10100 })
    const masked = await t.before(COMMAND, saying('mask'))
    expect([masked.outcome, masked.fields.CloudCustomData]).to.deep.equal(['allow', 'masked'])
    expect((await t.before(COMMAND, saying('drop'))).outcome).to.equal('drop')
    expect((await t.before(COMMAND)).outcome).to.equal('allow')
  })

  it('reject with what the handler threw, unless a failure is expected', async () => {
    await using t = await testPlugin(words, { options })
    expect(await errorOf(t.before(COMMAND, saying('throw')))).to.be.instanceOf(RangeError)
    const failed = await t.before(COMMAND, saying('throw'), { expectFailure: true })
    expect(failed).to.include({ outcome: 'reject', failed: true })
    expect(failed.error).to.be.instanceOf(RangeError)
  })

  it('reject where the verdict does not fit: its fields, its code, or no verdict at all', async () => {
    await using t = await testPlugin(words, { options })
    for (const content of ['wrong', 'odd']) {
      expect(await errorOf(t.before(COMMAND, saying(content)))).to.include({ code: 'VERDICT_INVALID' })
    }
    await using none = await testPlugin({ name: 'none', handlers: { [COMMAND]: () => 'allow' } })
    expect(await errorOf(none.before(COMMAND))).to.include({ code: 'VERDICT_INVALID' })
  })

  it("end at the handler's time limit when the clock is advanced to it, and not before", async () => {
    await using t = await testPlugin(words, { options })
    const verdict = t.before(COMMAND, saying('wait'), { expectFailure: true })
    let ended = false
    void verdict.then(() => (ended = true))
    await t.clock.advance(299)
    expect(ended).to.equal(false)
    await t.clock.advance(1)
    expect(await verdict).to.include({ outcome: 'reject', failed: true })
    const late = t.before(COMMAND, saying('wait'))
    late.catch(() => undefined)
    await t.clock.advance('1s')
    expect((await errorOf(late)).message).to.contain('took too long')
  })

  it('of a plugin that does not handle them, or of the other phase, are a mistake of the test', async () => {
    await using t = await testPlugin(words, { options })
    expect((await errorOf(t.before('C2C.CallbackBeforeSendMsg'))).message).to.contain('has no handler for C2C')
    expect((await errorOf(t.before('State.StateChange' as never))).message).to.contain('is for after()')
  })

  it('may be unknown to the table, with any body', async () => {
    const handle = ({ body }: { body: { A?: number } }): unknown => (body.A === 1 ? undefined : 5)
    await using t = await testPlugin({ name: 'new', handlers: { 'New.CallbackBeforeThis': handle } })
    expect((await t.before('New.CallbackBeforeThis', { A: 1 })).outcome).to.equal('allow')
    expect(await errorOf(t.before('New.CallbackBeforeThis'))).to.include({ code: 'UNKNOWN_COMMAND' })
  })

  it('with required fields missing say so', async () => {
    await using t = await testPlugin(words, { options })
    expect((await errorOf(t.before(COMMAND, { MsgBody: undefined }))).message).to.contain('lacks required fields')
  })
})
