import { expect } from 'chai'
import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { mayHoldBigInteger, parseJson } from '../../core/lib/json.ts'

/** A piece of JSON text and what it is to become. */
interface Piece {
  readonly text: string
  readonly value: unknown
}

const piece = (text: string, value: unknown): Piece => ({ text, value })
const space = fc.constantFrom('', ' ', '\n\t')
const characters = fc.constantFrom('"', '\\', '1234567890123456789', '-', ',', ':', '{', ']', '群', '\ud83d', 'e', '.')
const word = fc.array(characters).map((parts) => parts.join(''))
const escaped = (character: string): string => (character === '"' ? '\\u0022' : JSON.stringify(character).slice(1, -1))
const quoted = (text: string): string => `"${Array.from(text, escaped).join('')}"`
const strings = fc.oneof(
  word.map((text) => piece(JSON.stringify(text), text)),
  word.map((text) => piece(quoted(text), text)),
)
const safe = fc.maxSafeInteger().map((value) => piece(`${value}`, value))
const beyond = fc
  .tuple(fc.bigInt({ min: 2n ** 53n, max: 2n ** 130n }), fc.boolean())
  .map(([digits, negative]) => `${negative ? '-' : ''}${digits}`)
  .map((text) => piece(text, text))
const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
const decimals = fc.tuple(digits, fc.nat()).map(([whole, part]) => `${whole}.${part}`)
const exponents = fc
  .tuple(fc.oneof(digits.map(String), decimals), fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(30))
  .map((parts) => parts.join(''))
const inexact = fc.oneof(decimals, exponents).map((text) => piece(text, Number(text)))
const words = fc.constantFrom(piece('true', true), piece('false', false), piece('null', null))

function json(leaf: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> {
  return fc.letrec<{ value: Piece }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(fc.array(tie('value')), space).map(([items, gap]) =>
        piece(
          `[${gap}${items.map(({ text }) => text).join(`${gap},`)}]`,
          items.map(({ value }) => value),
        ),
      ),
      fc
        .tuple(fc.array(fc.tuple(word, tie('value'))), space)
        .map(([entries, gap]) =>
          piece(
            `{${entries.map(([key, { text }]) => `${JSON.stringify(key)}${gap}:${gap}${text}`).join(',')}${gap}}`,
            Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
          ),
        ),
    ),
  })).value
}

const same = (one: unknown, other: unknown): void => {
  expect(isDeepStrictEqual(one, other), `${JSON.stringify(one)} is ${JSON.stringify(other)}`).to.equal(true)
}

describe('parsing any body', () => {
  it('is JSON.parse where there is no integer beyond 2^53', () => {
    fc.assert(
      fc.property(json(fc.oneof(strings, safe, inexact, words)), ({ text }) => same(parseJson(text), JSON.parse(text))),
    )
  })

  it('turns integers beyond 2^53 into their digits, and nothing else', () => {
    fc.assert(
      fc.property(json(fc.oneof(strings, safe, beyond, inexact, words)), ({ text, value }) =>
        same(parseJson(text), value),
      ),
      { numRuns: 1000 },
    )
  })

  it('changes nothing when what it gave is printed and parsed again', () => {
    fc.assert(
      fc.property(json(fc.oneof(strings, safe, beyond, words)), ({ text }) => {
        const once = parseJson(text)
        same(parseJson(JSON.stringify(once)), once)
      }),
    )
  })

  it('looks for runs of 16 digits, wherever they are', () => {
    const runs = fc.array(fc.oneof(fc.integer({ min: 13, max: 18 }), fc.nat({ max: 3 })), { maxLength: 6 })
    fc.assert(
      fc.property(runs, fc.string({ maxLength: 20 }), (lengths, between) => {
        const text = lengths.map((length) => '7'.repeat(length)).join(`${between}x`)
        expect(mayHoldBigInteger(text)).to.equal(/[0-9]{16}/.test(text))
      }),
    )
  })

  it('refuses what JSON.parse refuses', () => {
    const broken = fc.tuple(json(fc.oneof(strings, beyond)), fc.nat(), characters)
    fc.assert(
      fc.property(broken, ([{ text }, at, inserted]) => {
        const place = at % (text.length + 1)
        const changed = text.slice(0, place) + inserted + text.slice(place)
        expect(parses(() => parseJson(changed))).to.equal(parses(() => JSON.parse(changed)))
      }),
      { numRuns: 500 },
    )
  })
})

function parses(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (error) {
    expect(error).to.be.instanceOf(SyntaxError)
    return false
  }
}
