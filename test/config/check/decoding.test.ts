import { expect } from 'chai'
import * as fc from 'fast-check'
import { Type } from 'typebox'
import { DecodeUnsafe } from 'typebox/value'
import { checkValue } from '../../../config/check/check.ts'

const tenfold = Type.Codec(Type.Integer({ minimum: 0 }))
  .Decode((value) => value * 10)
  .Encode((value) => value / 10)
const letters = Type.Codec(Type.String())
  .Decode((value) => value.length)
  .Encode((value) => 'x'.repeat(value))
const counted = Type.Codec(Type.Array(letters))
  .Decode((value) => ({ sum: value.reduce((sum, one) => sum + one, 0) }))
  .Encode(({ sum }) => [sum])

interface Case {
  readonly schema: Type.TSchema
  readonly value: fc.Arbitrary<unknown>
}

const integer = fc.nat(1000)
const text = fc.string({ maxLength: 5 })
const leaves: Case[] = [
  { schema: tenfold, value: integer },
  { schema: letters, value: text },
  { schema: counted, value: fc.array(text, { maxLength: 3 }) },
  { schema: Type.Boolean(), value: fc.boolean() },
  { schema: Type.Union([tenfold, letters, counted]), value: fc.oneof(integer, text, fc.array(text, { maxLength: 3 })) },
  {
    schema: Type.Codec(Type.Union([tenfold, letters]))
      .Decode(String)
      .Encode(Number),
    value: fc.oneof(integer, text),
  },
  { schema: Type.Intersect([letters, Type.String({ maxLength: 5 })]), value: text },
]

const nested = fc.letrec<{ case: Case }>((tie) => {
  const inner = tie('case')
  return {
    case: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...leaves),
      inner.map(({ schema, value }) => ({
        schema: Type.Object({ a: schema, b: Type.Optional(schema) }),
        value: fc.record({ a: value, b: value }, { requiredKeys: ['a'] }),
      })),
      inner.map(({ schema, value }) => ({ schema: Type.Array(schema), value: fc.array(value, { maxLength: 3 }) })),
      inner.map(({ schema, value }) => ({
        schema: Type.Record(Type.String({ pattern: '^[a-z]$' }), schema),
        value: fc.dictionary(fc.constantFrom('a', 'b'), value),
      })),
      fc.tuple(inner, inner).map(([one, other]) => ({
        schema: Type.Tuple([one.schema, other.schema]),
        value: fc.tuple(one.value, other.value),
      })),
      fc.tuple(inner, inner).map(([one, other]) => ({
        schema: Type.Intersect([Type.Object({ a: one.schema }), Type.Object({ b: other.schema })]),
        value: fc.record({ a: one.value, b: other.value }),
      })),
      inner.map(({ schema, value }) => ({
        schema: Type.Codec(Type.Object({ a: schema }))
          .Decode((object) => [object])
          .Encode(([object]) => ({ a: undefined, ...object })),
        value: fc.record({ a: value }),
      })),
      // A name is to mean one thing only, wherever it stands.
      fc.constantFrom(...leaves.entries()).map(([index, { schema, value }]) => {
        const name = `Node${index}`
        return {
          schema: Type.Cyclic({ [name]: Type.Object({ a: schema, next: Type.Optional(Type.Ref(name)) }) }, name),
          value: fc.record({ a: value, next: fc.record({ a: value }) }),
        }
      }),
    ),
  }
}).case

describe('config: codecs', () => {
  it('decode what they stand at, at any depth, as TypeBox does', () => {
    const given = nested.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value))
    fc.assert(
      fc.property(given, ([schema, value]) => {
        const { value: decoded, faults } = checkValue(schema, value)
        expect(faults).to.deep.equal([])
        expect(decoded).to.deep.equal(DecodeUnsafe({}, schema, structuredClone(value)))
      }),
    )
  })

  it('decode with the branch of a union that the check has chosen', () => {
    const schema = Type.Union([
      Type.Object({ kind: Type.Literal('a'), n: tenfold }),
      Type.Object({ kind: Type.Literal('b'), n: Type.Integer() }),
    ])
    const given = [
      { kind: 'a', n: 1 },
      { kind: 'b', n: 1 },
    ]
    expect(checkValue(Type.Array(schema), given).value).to.deep.equal([
      { kind: 'a', n: 10 },
      { kind: 'b', n: 1 },
    ])
  })

  it('decode what a reference with a codec means, and leave what was given as it is', () => {
    const twice = Type.Codec(Type.Ref('N'))
      .Decode((value) => Number(value) * 2)
      .Encode((value) => value / 2)
    const schema = { ...Type.Object({ n: twice }), $defs: { N: tenfold } }
    const given = { n: 3 }
    expect(checkValue(schema, given).value).to.deep.equal({ n: 60 })
    expect(given).to.deep.equal({ n: 3 })
  })
})
