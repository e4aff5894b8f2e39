import { expect } from 'chai'
import { isObject, mayHoldBigInteger, parseJson } from '../../core/lib/json.ts'
import { processorTime } from '../harness/processor-time.ts'

describe('parsing a body', () => {
  const texts: [string, string, unknown][] = [
    ['2^53 - 1 stays a number', '9007199254740991', 9007199254740991],
    ['2^53 becomes its digits', '9007199254740992', '9007199254740992'],
    ['-(2^53 - 1) stays a number', '-9007199254740991', -9007199254740991],
    ['-2^53 becomes its digits', '-9007199254740992', '-9007199254740992'],
    ['an id beyond 2^53 keeps its last digit', '{"a":144115198244471703}', { a: '144115198244471703' }],
    ['2^64 in a list becomes its digits', '[1,18446744073709551616,2]', [1, '18446744073709551616', 2]],
    ['several of them', '[9007199254740993,-9007199254740993]', ['9007199254740993', '-9007199254740993']],
    ['300 digits', `[${'1'.repeat(300)}]`, ['1'.repeat(300)]],
    ['400 digits, which as a number were infinite', `[${'1'.repeat(400)}]`, ['1'.repeat(400)]],
    ['a decimal stays a number', '[12345678901234567.5]', [Number('12345678901234567.5')]],
    ['an exponent stays a number', '[12345678901234567e3, 1E+2, 1e-7]', [Number('12345678901234567e3'), 100, 1e-7]],
    ['many decimals', '[0.12345678901234567890]', [Number('0.12345678901234567890')]],
    ['digits in a string stay', '["12345678901234567890"]', ['12345678901234567890']],
    ['digits after an escaped quote stay', '["\\"12345678901234567890"]', ['"12345678901234567890']],
    ['digits after an escaped backslash', '["\\\\",12345678901234567890]', ['\\', '12345678901234567890']],
    ['digits in a key stay', '{"12345678901234567890":1}', { '12345678901234567890': 1 }],
    ['digits as an escape', '["\\u00312345678901234567890"]', ['12345678901234567890']],
    ['without white space', '{"a":-12345678901234567890}', { a: '-12345678901234567890' }],
    ['with white space', ' [ \n12345678901234567890\t, 1 ] ', ['12345678901234567890', 1]],
  ]
  for (const [what, text, expected] of texts)
    it(`loses no digit: ${what}`, () => {
      expect(parseJson(text)).to.deep.equal(expected)
    })

  for (const text of [
    '',
    '12345678901234567890,',
    '01234567890123456',
    '--12345678901234567',
    '["12345678901234567890]',
    '[12345678901234567 8]',
    '+12345678901234567890',
    '12345678901234567.',
  ])
    it(`makes nothing valid that was not: ${JSON.stringify(text)}`, () => {
      expect(() => parseJson(text)).to.throw(SyntaxError)
    })

  it('takes time that grows with the length alone', async () => {
    const hard = (size: number): string => `[${'"\\\\\\"",'.repeat(size)}${'-1,'.repeat(size)}12345678901234567890]`
    expect(parseJson(hard(50_000))).to.have.length(100_001)
    const [short, long] = [hard(20_000), hard(200_000)]
    const few = await processorTime(() => parseJson(short), 5)
    // Ten times the length: a hundred times as long, if it were quadratic.
    expect(await processorTime(() => parseJson(long), 5)).to.be.below(few * 30)
  })

  it('is only done twice for texts that hold 16 digits in a row', () => {
    expect(mayHoldBigInteger('{"a":123456789012345}')).to.equal(false)
    expect(mayHoldBigInteger('{"a":9007199254740992}')).to.equal(true)
  })
})

describe('isObject', () => {
  it('is true for what JSON calls an object', () => {
    expect([{}, { a: 1 }].map(isObject)).to.deep.equal([true, true])
    expect([null, [], 1, 'a', true, undefined].some(isObject)).to.equal(false)
  })
})
