import { expect } from 'chai'
import * as fc from 'fast-check'
import { readParameters } from '../../../core/http/request/query-params.ts'
import { HttpError } from '../../../core/http/answer/http-error.ts'
import { parseQuery } from '../../../core/host/parse-query.ts'

const DECISIVE = ['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime'] as const

const names = fc.constantFrom(...DECISIVE, 'ClientIP', '__proto__', 'constructor', '', 'a', '%53ign', 'Sign%20')
const values = fc.oneof(
  fc.string({ unit: 'binary' }).map(encode),
  fc.constantFrom('', '1', '%', '%zz', '+', '=', '%E4'),
)
const parameters = fc.tuple(names, fc.constantFrom('=', '', '=='), values).map((parts) => parts.join(''))
const queries = fc.oneof(
  fc.webQueryParameters(),
  fc.string(),
  fc.array(parameters, { maxLength: 6 }).map((list) => list.join('&')),
  // Nothing to decode: these are read another way.
  fc
    .array(
      fc.constantFrom(
        'a',
        'b',
        '=',
        '=',
        '&',
        '&',
        '?',
        '/',
        'Sign',
        'SdkAppid',
        'RequestTime',
        'CallbackCommand',
        'S',
        '__proto__',
      ),
    )
    .map((list) => list.join('')),
)

function encode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

describe('reading any query', () => {
  it('gives what URLSearchParams finds, the first of each name, and names the decisive one given twice', () => {
    fc.assert(
      fc.property(queries, (text) => {
        const expected = new URLSearchParams(text)
        const twice = DECISIVE.filter((name) => expected.getAll(name).length > 1)
        if (twice.length > 0) {
          expect(() => readParameters(text)).to.throw(HttpError, new RegExp(`^(${twice.join('|')}): given twice$`))
        } else {
          const found = readParameters(text)
          for (const name of DECISIVE) expect(found[name]).to.equal(expected.get(name) ?? undefined)
        }
        const query = parseQuery(text)
        expect(new Set(Object.keys(query))).to.deep.equal(new Set(expected.keys()))
        for (const name of expected.keys()) expect(query[name]).to.equal(expected.get(name))
      }),
      { numRuns: 2000 },
    )
  })

  it('finds no parameter that is not given', () => {
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      expect(parseQuery('a=1')[name]).to.equal(undefined)
    }
  })
})
