import { expect } from 'chai'
import { OK_TEXT } from '../../harness/answers.ts'
import { entry } from '../../harness/plugin.ts'
import { serve } from '../../harness/server.ts'
import { testPlugin, type TestPlugin, text } from '../../../core/testing.ts'

const C2C = 'C2C.CallbackBeforeSendMsg'
const GROUP = 'Group.CallbackBeforeSendMsg'
const OFFICIAL = 'OfficialAccount.CallbackBeforeSendMsg'

const words = ['casino', '红?包', 'free*money']
const message = (...MsgBody: unknown[]): object => ({ From_Account: 'jared', GroupId: '@TGS#1', MsgBody })
const filter = (options: object): { use: string; options: object } => ({ use: 'keyword-filter', options })
const tested = (options: object = {}): Promise<TestPlugin> =>
  testPlugin('keyword-filter', { options: { words, ...options } })
const OK = JSON.parse(OK_TEXT) as object

describe('keyword-filter', () => {
  for (const [command, code] of [
    [C2C, 120001],
    [GROUP, 10100],
    [OFFICIAL, 120001],
  ] as const) {
    describe(command, () => {
      it('masks by default', async () => {
        await using t = await tested()
        const { answer } = await t.before(command, message(text('a CASINO!'), text('hi')))
        expect(answer).to.deep.equal({
          ...OK,
          MsgBody: [text('a ******!'), text('hi')],
        })
      })

      it('rejects with a documented code and a text for the sender', async () => {
        await using t = await tested({ action: 'reject' })
        const ErrorInfo = 'The message contains words that are not allowed.'
        expect((await t.before(command, message(text('红小包')))).answer).to.deep.equal({
          ActionStatus: 'OK',
          ErrorInfo,
          ErrorCode: code,
        })
      })

      it('drops', async () => {
        await using t = await tested({ action: 'drop' })
        const { answer } = await t.before(command, message(text('free as in money')))
        expect(answer).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 2 })
      })

      for (const action of ['mask', 'reject', 'drop'])
        it(`does nothing about other messages when it is to ${action}`, async () => {
          await using t = await tested({ action })
          expect((await t.before(command, message(text('hello'), text('')))).answer).to.deep.equal(OK)
          expect((await t.before(command, message())).answer).to.deep.equal(OK)
        })
    })
  }

  it('takes codes and text from the options', async () => {
    const codes = { c2c: 130000, group: 10200, officialAccount: 120002 }
    await using t = await tested({ action: 'reject', codes, info: '请文明用语' })
    for (const [command, ErrorCode] of [
      [C2C, 130000],
      [GROUP, 10200],
      [OFFICIAL, 120002],
    ] as const)
      expect((await t.before(command, message(text('casino')))).answer).to.include({
        ErrorCode,
        ErrorInfo: '请文明用语',
      })
  })

  it('hands the masked text to the next plugin, and leaves CloudCustomData to it', async () => {
    const seen: unknown[] = []
    const next = entry('next', { [GROUP]: ({ body }) => void seen.push(body.MsgBody, body.CloudCustomData) })
    const { post } = await serve({ plugins: [filter({ words }), next] })
    const body = { ...message(text('casino')), CloudCustomData: 'casino' }
    expect((await post(GROUP, body)).json).not.to.have.property('CloudCustomData')
    expect(seen).to.deep.equal([[text('******')], 'casino'])
  })

  it('sees what the plugin before it wrote', async () => {
    const before = entry('before', { [C2C]: ({ allow }) => allow({ MsgBody: [text('to the casino')] }) })
    const { post } = await serve({ plugins: [before, filter({ words })] })
    expect((await post(C2C, message(text('hi')))).json).to.deep.include({ MsgBody: [text('to the ******')] })
  })

  it('touches texts alone: other elements, unknown ones and unknown fields stay as they came, in order', async () => {
    const others = [
      { MsgType: 'TIMCustomElem', MsgContent: { Data: 'casino', Desc: 'casino', Ext: 'casino' } },
      { MsgType: 'TIMFaceElem', MsgContent: { Index: 6, Data: 'casino' } },
      { MsgType: 'TIMNewElem', MsgContent: { Text: 'casino', Title: 'casino' } },
      { MsgType: 'TIMTextElem', MsgContent: { Text: ['casino'], Other: 'casino' } },
      { MsgType: 'TIMFileElem', MsgContent: { FileName: 'casino.txt' }, More: ['casino'] },
    ]
    await using t = await tested()
    expect((await t.before(GROUP, message(...others))).answer).to.deep.equal(OK)
    const between = { MsgType: 'TIMTextElem', MsgContent: { Text: 'casino', New: 'casino' }, More: 1 }
    const masked = { ...between, MsgContent: { Text: '******', New: 'casino' } }
    const { fields } = await t.before(GROUP, message(others[0], between, ...others.slice(1)))
    expect(fields.MsgBody).to.deep.equal([others[0], masked, ...others.slice(1)])
  })

  it('takes two elements for two texts', async () => {
    await using t = await tested()
    expect((await t.before(C2C, message(text('cas'), text('ino')))).answer).to.deep.equal(OK)
  })

  it('tells observers what it did, and nobody any text', async () => {
    await using t = await tested({ action: 'reject' })
    await t.before(C2C, message(text('casinocasino, a casino'), text('CASINO')))
    await t.before(GROUP, message(text('casino')))
    await t.before(GROUP, message(text('nothing')))
    expect(t.events('matched')).to.deep.equal([
      { action: 'reject', count: 3 },
      { action: 'reject', count: 1, group: '@TGS#1' },
    ])
    expect(JSON.stringify(t.log.entries).toLowerCase()).not.to.match(/casino|红|money/)
    expect(t.log.entries.find((entry) => 'words' in entry)).to.include({ words: 3, action: 'reject' })
  })
})
