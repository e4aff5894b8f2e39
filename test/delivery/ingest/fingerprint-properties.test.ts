import { expect } from 'chai'
import * as fc from 'fast-check'
import { fingerprintOf } from '../../../core/delivery/ingest/fingerprint.ts'
import type { JsonObject } from '../../../core/lib/json.ts'

const keys = fc.constantFrom('a', 'b', 'ab', '', '1', '2:', '__proto__')
const leaves = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'a"a',
    '1',
    '1;',
    '"1:a',
    '{}',
    '[',
    ']',
    '\ud800',
    '\udc00',
    '\ud83d\ude00',
    '\ufffd',
    'null',
    'true',
  ),
  fc.constantFrom(0, 1, 12, 1.5, true, false, null),
)
const { body } = fc.letrec<{ value: unknown; body: object }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaves, fc.array(tie('value'), { maxLength: 3 }), tie('body')),
  body: fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
}))

/** JSON with sorted keys: what makes two bodies the same one. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sorted(inner)}`).join(',')}}`
}

function identity(object: object): string {
  const raw = JSON.stringify(object)
  return fingerprintOf({ sdkAppId: 1, command: 'X.Y', raw, body: JSON.parse(raw) as JsonObject })
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const)
  return Object.fromEntries(entries.toReversed())
}

describe('the identity of a callback', () => {
  it('is one for each body, whatever the order of its keys', () => {
    const seen = new Map<string, string>()
    fc.assert(
      fc.property(body, (object) => {
        const text = sorted(object)
        const own = identity(object)
        expect(identity(reversed(object) as object)).to.equal(own)
        expect(seen.get(own) ?? text).to.equal(text)
        seen.set(own, text)
      }),
      { numRuns: 3000 },
    )
  })

  it('is one for each app and command', () => {
    const of = (sdkAppId: number, command: string): string => fingerprintOf({ sdkAppId, command, raw: '{}', body: {} })
    expect(new Set([of(1, 'X.Y'), of(2, 'X.Y'), of(1, 'X.Z')]).size).to.equal(3)
  })
})
