import { expect } from 'chai'
import * as fc from 'fast-check'
import { copyOf } from '../../core/lib/clone.ts'
import { isObject } from '../../core/lib/json.ts'

/** Every object and list in a value, itself among them. */
function parts(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(parts)]
}

function nested(depth: number): Record<string, unknown> {
  return JSON.parse(`${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`) as Record<string, unknown>
}

describe('a copy of a body', () => {
  it('is equal to it, and shares no part with it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), fc.jsonValue()), (made) => {
        const body: unknown = JSON.parse(JSON.stringify(made))
        if (!isObject(body)) throw new Error('no object')
        const copy = copyOf(body)
        expect(JSON.stringify(copy)).to.equal(JSON.stringify(body))
        const originals = new Set(parts(body))
        for (const part of parts(copy)) {
          expect(originals.has(part)).to.equal(false)
          expect([Object.prototype, Array.prototype]).to.include(Object.getPrototypeOf(part))
        }
      }),
    )
  })

  it('keeps a key __proto__ as data, at any depth', () => {
    const text = '{"a":{"__proto__":{"x":[1]}},"__proto__":[{"__proto__":2}]}'
    const copy = copyOf(JSON.parse(text) as Record<string, unknown>)
    expect(JSON.stringify(copy)).to.equal(text)
    expect(({} as { x?: unknown }).x).to.equal(undefined)
  })

  it('is undefined if the body is nested deeper than any real one', () => {
    expect(copyOf(nested(50))).to.deep.equal(nested(50))
    expect(copyOf(nested(51))).to.equal(undefined)
    expect(copyOf(nested(100_000))).to.equal(undefined)
  })
})
