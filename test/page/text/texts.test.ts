import { expect } from 'chai'
import { assert, json as anyJson, property, string } from 'fast-check'
import { en } from '../../../core/page/i18n/en.ts'
import { zh } from '../../../core/page/i18n/zh.ts'
import { compactJson, jsonLines } from '../../../core/page/text/json-lines.ts'
import { matchesFilter } from '../../../core/page/text/match-event.ts'
import { elementsOf, messageOf, webAddress } from '../../../core/page/text/message.ts'
import { bytesText, countText, durationText, roughText } from '../../../core/page/text/numbers.ts'
import { cutText, visiblePieces } from '../../../core/page/text/visible.ts'

const shown = (text: string): string =>
  visiblePieces(text)
    .map(({ text, hidden }) => (hidden ? `<${text}>` : text))
    .join('')
const printed = (json: string): string =>
  (jsonLines(json) ?? [])
    .map(({ depth, tokens }) => '  '.repeat(depth) + tokens.map(({ text }) => text).join(''))
    .join('\n')

describe('what the page makes of texts', () => {
  it('shows what would not be seen: overrides of direction, controls, lone surrogates, tags', () => {
    expect(shown('gpj.\u202Eexe')).to.equal('gpj.<U+202E>exe')
    expect(shown('a\u0000b\u001B[31m\u200B\uFEFF')).to.equal('a<U+0000>b<U+001B>[31m<U+200B><U+FEFF>')
    expect(shown('x\uD800y\uDC00')).to.equal('x<U+D800>y<U+DC00>')
    expect(shown('\u{E0041}\u2028')).to.equal('<U+E0041><U+2028>')
  })

  it('leaves text as it is: Chinese, emoji that are joined, Persian, line breaks', () => {
    for (const text of ['你好，世界', '👨‍👩‍👧 🏳️‍🌈', 'می‌خواهم', 'a\n\tb', '']) expect(shown(text)).to.equal(text)
  })

  it('loses nothing of a text but what it shows by its code', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const pieces = visiblePieces(text)
        const back = pieces.map(({ text, hidden }) =>
          hidden ? String.fromCodePoint(Number.parseInt(text.slice(2), 16)) : text,
        )
        expect(back.join('')).to.equal(text)
      }),
    )
  })

  it('cuts no character in two', () => {
    expect(cutText('ab😀', 3)).to.equal('ab')
    expect(cutText('ab😀', 4)).to.equal('ab😀')
  })

  it('indents JSON without a loss: digits beyond 2^53, keys that come twice, empty objects', () => {
    expect(printed('{"a":144115231875887464001,"a":{},"b":[ ],"c":[1,"x"]}')).to.equal(
      '{\n  "a": 144115231875887464001,\n  "a": {},\n  "b": [],\n  "c": [\n    1,\n    "x"\n  ]\n}',
    )
    expect(jsonLines('{"a":')).to.equal(undefined)
    expect(printed(String.raw`{"t":"\u4f60\u597d <b>"}`)).to.equal('{\n  "t": "你好 <b>"\n}')
  })

  it('prints any JSON so that it reads as the same', () => {
    assert(
      property(anyJson(), (json) => {
        expect(JSON.parse(printed(json))).to.deep.equal(JSON.parse(json))
        expect(JSON.parse(compactJson(json) ?? '')).to.deep.equal(JSON.parse(json))
      }),
    )
  })

  it('takes a megabyte of JSON, and 10,000 elements', () => {
    const MsgBody = Array.from({ length: 10_000 }, () => ({
      MsgType: 'TIMTextElem',
      MsgContent: { Text: 'x'.repeat(60) },
    }))
    const json = JSON.stringify({ MsgBody })
    expect(jsonLines(json)).to.have.length(60_004)
    expect(messageOf(json)).to.have.length(10_000)
    expect(jsonLines(JSON.stringify({ text: '"\\'.repeat(500_000) }))).to.have.length(3)
  })

  it('draws elements that are none, and links to http(s) alone', () => {
    expect(messageOf('{"MsgBody":[1,null,{"MsgType":3},{"MsgType":"TIMTextElem","MsgContent":[]}]}')).to.deep.equal([
      { type: '?', content: {} },
      { type: '?', content: {} },
      { type: '?', content: {} },
      { type: 'TIMTextElem', content: {} },
    ])
    expect([messageOf('[]'), messageOf('{"MsgBody":{}}'), messageOf('x'), elementsOf('x')]).to.deep.equal(
      Array.from({ length: 4 }),
    )
    const addresses = ['javascript:alert(1)', ' JaVaScRiPt:alert(1)', 'data:text/html,x', '//x', 'x', 3, null, {}]
    for (const address of addresses) expect(webAddress(address), JSON.stringify(address)).to.equal(undefined)
    expect(webAddress('https://img.example/a b.jpg')).to.equal('https://img.example/a%20b.jpg')
  })

  it('writes numbers, sizes and durations short', () => {
    expect([bytesText(0), bytesText(1536), bytesText(3 * 1024 ** 3)]).to.deep.equal(['0 B', '1.5 kB', '3 GB'])
    expect([durationText(0.5), durationText(840), durationText(1500), durationText(7_500_000)]).to.deep.equal([
      '0.5 ms',
      '840 ms',
      '1.5 s',
      '2 h 5 min',
    ])
    expect([roughText(12_345), roughText(2.5e6), countText(1_234_567)]).to.deep.equal([
      '12.3k',
      '2.5M',
      '1\u202F234\u202F567',
    ])
  })

  it('has each text in both languages, with the same values in it', () => {
    const values = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()
    for (const [key, text] of Object.entries(en)) {
      const chinese = zh[key as keyof typeof en]
      expect(values(chinese), key).to.deep.equal(values(text))
      expect(chinese, key).to.not.equal('')
    }
  })
})

describe('the filter of what is live', () => {
  const event = {
    id: 'a1',
    ref: 'r',
    sdkAppId: 14,
    command: 'Group.CallbackAfterGroupFull',
    receivedAt: 1000,
    signed: true,
    resends: 0,
    maybeResend: false,
    outcome: 'dead',
    plugins: [
      { id: 'p', outcome: 'dead' },
      { id: 'q', outcome: 'done' },
    ],
    group: '@TGS#1',
    account: 'a b',
  } as const

  it('takes what the list would have', () => {
    const fitting = [
      {},
      { app: '14', command: 'Group.*', plugin: 'q' },
      { command: '*', outcome: 'done' },
      { outcome: 'delivered', since: '1000', until: '1001', id: 'a1' },
    ]
    for (const filter of fitting) expect(matchesFilter(event, filter), JSON.stringify(filter)).to.equal(true)
  })

  it('leaves the rest out', () => {
    const others = [
      { app: '1' },
      { command: 'C2C.*' },
      { command: 'Group' },
      { outcome: 'kept' },
      { outcome: 'refused' },
      { plugin: 'x' },
      { id: 'a2' },
      { since: '1001' },
      { until: '1000' },
    ]
    for (const filter of others) expect(matchesFilter(event, filter), JSON.stringify(filter)).to.equal(false)
  })
})
