import { expect } from 'chai'
import { OK_TEXT } from '../../harness/answers.ts'
import { entry } from '../../harness/plugin.ts'
import { heard, serve, type TestServer } from '../../harness/server.ts'

const C2C = 'C2C.CallbackBeforeSendMsg'
const GROUP = 'Group.CallbackBeforeSendMsg'
const OFFICIAL = 'OfficialAccount.CallbackBeforeSendMsg'

const words = ['casino', '红?包', 'free*money']
const text = (Text: string): object => ({ MsgType: 'TIMTextElem', MsgContent: { Text } })
const message = (...MsgBody: unknown[]): object => ({ From_Account: 'jared', GroupId: '@TGS#1', MsgBody })
const filter = (options: object): { use: string; options: object } => ({ use: 'keyword-filter', options })
const served = (options: object = {}): Promise<TestServer> => serve({ plugins: [filter({ words, ...options })] })

describe('keyword-filter', () => {
  for (const [command, code] of [
    [C2C, 120001],
    [GROUP, 10100],
    [OFFICIAL, 120001],
  ] as const) {
    describe(command, () => {
      it('masks by default', async () => {
        const { post } = await served()
        const reply = await post(command, message(text('a CASINO!'), text('hi')))
        expect(reply.json).to.deep.equal({
          ...(JSON.parse(OK_TEXT) as object),
          MsgBody: [text('a ******!'), text('hi')],
        })
      })

      it('rejects with a documented code and a text for the sender', async () => {
        const { post } = await served({ action: 'reject' })
        const ErrorInfo = 'The message contains words that are not allowed.'
        expect((await post(command, message(text('红小包')))).json).to.deep.equal({
          ActionStatus: 'OK',
          ErrorInfo,
          ErrorCode: code,
        })
      })

      it('drops', async () => {
        const { post } = await served({ action: 'drop' })
        const { json } = await post(command, message(text('free as in money')))
        expect(json).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 2 })
      })

      for (const action of ['mask', 'reject', 'drop'])
        it(`does nothing about other messages when it is to ${action}`, async () => {
          const { post } = await served({ action })
          expect((await post(command, message(text('hello'), text('')))).text).to.equal(OK_TEXT)
          expect((await post(command, message())).text).to.equal(OK_TEXT)
        })
    })
  }

  it('takes codes and text from the options', async () => {
    const codes = { c2c: 130000, group: 10200, officialAccount: 120002 }
    const { post } = await served({ action: 'reject', codes, info: '请文明用语' })
    for (const [command, ErrorCode] of [
      [C2C, 130000],
      [GROUP, 10200],
      [OFFICIAL, 120002],
    ] as const)
      expect((await post(command, message(text('casino')))).json).to.include({ ErrorCode, ErrorInfo: '请文明用语' })
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
    const before = entry('before', { [C2C]: ({ allow }) => allow({ MsgBody: [text('to the casino') as never] }) })
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
    const { post } = await served()
    expect((await post(GROUP, message(...others))).text).to.equal(OK_TEXT)
    const between = { MsgType: 'TIMTextElem', MsgContent: { Text: 'casino', New: 'casino' }, More: 1 }
    const masked = { ...between, MsgContent: { Text: '******', New: 'casino' } }
    const { json } = await post(GROUP, message(others[0], between, ...others.slice(1)))
    expect(json['MsgBody']).to.deep.equal([others[0], masked, ...others.slice(1)])
  })

  it('takes two elements for two texts', async () => {
    const { post } = await served()
    expect((await post(C2C, message(text('cas'), text('ino')))).text).to.equal(OK_TEXT)
  })

  it('tells observers what it did, and nobody any text', async () => {
    const { post, bus, lines } = await serve({ plugins: [{ ...filter({ words, action: 'reject' }), id: 'words' }] })
    const failed = heard(bus, 'handler:failed')
    const told: unknown[] = []
    bus.on('plugin:words:matched', (event) => void told.push(event))
    await post(C2C, message(text('casinocasino, a casino'), text('CASINO')))
    await post(GROUP, message(text('casino')))
    await post(GROUP, message(text('nothing')))
    expect(told).to.deep.equal([
      { action: 'reject', count: 3 },
      { action: 'reject', count: 1, group: '@TGS#1' },
    ])
    expect(failed).to.deep.equal([])
    expect(lines.join('').toLowerCase()).not.to.match(/casino|红|money/)
    expect(lines.map((line) => JSON.parse(line) as object).find((line) => 'words' in line)).to.include({
      words: 3,
      plugin: 'words',
      action: 'reject',
    })
  })
})
