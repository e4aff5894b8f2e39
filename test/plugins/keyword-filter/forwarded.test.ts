import { expect } from 'chai'
import { OK_TEXT } from '../../harness/answers.ts'
import { eventsOf, serve, type TestServer } from '../../harness/server.ts'

const GROUP = 'Group.CallbackBeforeSendMsg'
const text = (Text: string): object => ({ MsgType: 'TIMTextElem', MsgContent: { Text } })
const message = (...MsgBody: unknown[]): object => ({ From_Account: 'jared', GroupId: '@TGS#1', MsgBody })
const relay = (content: object): object => ({ MsgType: 'TIMRelayElem', MsgContent: content })
const forwarded = (...MsgBody: object[]): object => ({ From_Account: 'bad', MsgBody, CloudCustomData: 'bad' })

const served = (options: object = {}): Promise<TestServer> =>
  serve({ plugins: [{ use: 'keyword-filter', options: { words: ['bad'], ...options } }] })

/** As text, since writing it as JSON takes a stack. */
function nested(depth: number, word: string, outside = 'x'): string {
  const open = '[{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":'
  const inside = `[${JSON.stringify(text(word))}]`
  const body = `${open.repeat(depth)}${inside}${'}]}}]'.repeat(depth)}`
  return `{"GroupId":"g","MsgBody":[${JSON.stringify(text(outside))},${body.slice(1)}}`
}

describe("keyword-filter: a chatbot's streamed answer", () => {
  it('is masked in each of its pieces and in the text for old clients', async () => {
    const { post } = await served()
    const make = (word: string): object => ({
      MsgType: 'TIMStreamElem',
      MsgContent: {
        Chunks: [
          { EventType: 'data', Index: 1, Markdown: `a ${word}`, IsLast: false },
          { EventType: 'data', Index: 2, Markdown: `**${word}**`, IsLast: true },
        ],
        CompatibleText: `${word}!`,
        StreamMsgID: 'bad',
      },
    })
    const { json } = await post(GROUP, message(make('bad')))
    expect(json['MsgBody']).to.deep.equal([make('***')])
    const odd = { MsgType: 'TIMStreamElem', MsgContent: { Chunks: [null, { Markdown: 5 }, 'bad'] } }
    expect((await post(GROUP, message(odd))).json).not.to.have.property('MsgBody')
  })
})

describe('keyword-filter: merged-forward messages', () => {
  it('are masked wherever people read them, and nowhere else', async () => {
    const { post } = await served()
    const make = (word: string): object =>
      relay({
        Title: `a ${word}`,
        MsgNum: 2,
        CompatibleText: `${word}!`,
        AbstractList: ['jared: hi', `jonh: ${word}`],
        JsonMsgKey: 'bad',
        MsgList: [
          forwarded(text(word), { MsgType: 'TIMCustomElem', MsgContent: { Data: 'bad' } }),
          forwarded(relay({ Title: 'fine', MsgList: [forwarded(text('fine'), text(`so ${word}`))] })),
        ],
      })
    const { json } = await post(GROUP, message(text('hi'), make('bad'), make('good')))
    expect(json['MsgBody']).to.deep.equal([text('hi'), make('***'), make('good')])
  })

  it('are found bad by what is inside of them', async () => {
    const { post } = await served({ action: 'drop' })
    expect((await post(GROUP, message(relay({ MsgList: [forwarded(text('bad'))] })))).json).to.include({ ErrorCode: 2 })
    expect((await post(GROUP, message(relay({ MsgList: [forwarded(text('good'))] })))).text).to.equal(OK_TEXT)
  })

  for (const [depth, code] of [
    [200, 0],
    [500, 10100],
    [5_000, 10100],
    [14_000, 10100],
  ] as const)
    it(`of ${depth} levels are ${code === 0 ? 'masked' : 'rejected, for the answer could not carry them'}`, async () => {
      const { post, bus } = await served()
      const failed = eventsOf(bus, 'handler:failed')
      for (const body of [nested(depth, 'bad'), nested(depth, 'x', 'bad')]) {
        const reply = await post(GROUP, body)
        expect(reply.json).to.include({ ErrorCode: code })
        if (code === 0) expect(reply.text).to.contain('***').and.not.to.contain('bad')
      }
      expect((await post(GROUP, nested(depth, 'good'))).text).to.equal(OK_TEXT)
      expect(failed).to.deep.equal([])
    })

  it('with parts of other shapes are read as far as they go', async () => {
    const { post } = await served({ action: 'reject' })
    const odd = [
      relay({ MsgList: 'bad', AbstractList: 'bad', Title: 5 }),
      relay({ MsgList: [null, 'bad', { MsgBody: 'bad' }, { MsgBody: [null, 'bad', { MsgType: 'TIMTextElem' }] }] }),
      relay({ AbstractList: [5, null, ['bad']] }),
    ]
    expect((await post(GROUP, message(...odd))).text).to.equal(OK_TEXT)
    const last = relay({ MsgList: [null, { MsgBody: [null, text('bad')] }] })
    expect((await post(GROUP, message(...odd, last))).json).to.include({ ErrorCode: 10100 })
  })
})

describe('keyword-filter: a message with an element of endless nesting', () => {
  it('is rejected when it is to be masked', async () => {
    const { post, bus } = await served()
    const failed = eventsOf(bus, 'handler:failed')
    const deep = `{"MsgType":"TIMCustomElem","MsgContent":{"X":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
    const body = (word: string): string => `{"GroupId":"g","MsgBody":[${JSON.stringify(text(word))},${deep}]}`
    expect((await post(GROUP, body('bad'))).json).to.include({ ErrorCode: 10100 })
    expect((await post(GROUP, body('good'))).text).to.equal(OK_TEXT)
    expect(failed).to.deep.equal([])
  })
})

describe('keyword-filter: a message with an element that is none', () => {
  for (const element of [null, 'x', { MsgContent: {} }, { MsgType: 'TIMNewElem' }])
    it(`is masked, and the element stays as it came: ${JSON.stringify(element)}`, async () => {
      const { post, bus } = await served()
      const failed = eventsOf(bus, 'handler:failed')
      const { json } = await post(GROUP, message(element, text('bad')))
      expect(json).to.deep.include({ ErrorCode: 0, MsgBody: [element, text('***')] })
      expect((await post(GROUP, message(element, text('good')))).text).to.equal(OK_TEXT)
      expect(failed).to.deep.equal([])
    })
})
