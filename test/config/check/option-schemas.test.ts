import { expect } from 'chai'
import { Type, type TSchema } from 'typebox'
import { checkValue } from '../../../config/check/check.ts'
import { formatPath } from '../../../config/faults.ts'

const faults = (schema: TSchema, value: unknown) =>
  checkValue(schema, value).faults.map(({ path, message }) => `${formatPath(path)}: ${message}`)
const valueOf = (schema: TSchema, value: unknown) => {
  expect(faults(schema, value)).to.deep.equal([])
  return checkValue(schema, value).value
}

const Target = Type.Union([
  Type.Object({ type: Type.Literal('file'), file: Type.String() }),
  Type.Object({ type: Type.Literal('url'), url: Type.String() }),
  Type.String(),
])

const got = (value: unknown) => faults(Type.Integer(), value)[0]?.replace(/.* got /, '')

describe('config: the schema of plugin options', () => {
  it('may give defaults at every level', () => {
    const schema = Type.Object({
      mode: Type.Enum(['mask', 'reject'], { default: 'mask' }),
      nested: Type.Object(
        { a: Type.Integer({ default: 1 }), list: Type.Array(Type.Object({ b: Type.Boolean({ default: true }) })) },
        { default: { list: [{}] } },
      ),
      none: Type.Optional(Type.String()),
    })
    expect(valueOf(schema, {})).to.deep.equal({ mode: 'mask', nested: { a: 1, list: [{ b: true }] } })
    expect(checkValue(Type.Object({ at: Type.Array(Type.Number(), { default: () => [1] }) }), {}).value).to.deep.equal({
      at: [1],
    })
  })

  it('does not share a default between two plugins', () => {
    const schema = Type.Object({ list: Type.Unsafe<number[]>({ default: [] }) })
    const [one, two] = [valueOf(schema, {}), valueOf(schema, {})] as { list: number[] }[]
    one?.list.push(1)
    expect(two?.list).to.deep.equal([])
  })

  it('refuses unknown keys unless it allows them', () => {
    expect(faults(Type.Object({ words: Type.Number() }), { words: 1, wrods: 2 })).to.deep.equal([
      'wrods: unknown key "wrods"; did you mean "words"?',
    ])
    expect(faults(Type.Object({}), { a: 1 })).to.deep.equal(['a: unknown key "a"'])
    expect(valueOf(Type.Object({}, { additionalProperties: true }), { a: 1 })).to.deep.equal({ a: 1 })
    expect(faults(Type.Object({}, { additionalProperties: Type.Number() }), { a: 'x' })).to.deep.equal([
      'a: expected number, got "x"',
    ])
    expect(valueOf({ type: 'object' }, { a: 1 })).to.deep.equal({ a: 1 })
  })

  it('may be a record', () => {
    expect(faults(Type.Record(Type.String(), Type.Integer({ minimum: 2 })), { a: 1, b: 2 })).to.deep.equal([
      'a: expected integer of at least 2, got 1',
    ])
    expect(faults(Type.Record(Type.String({ pattern: '^x' }), Type.Any()), { y: 1 })).to.deep.equal([
      'y: unknown key "y"',
    ])
  })

  it('may be a union, of which one branch is reported', () => {
    const one = Type.Object({ to: Type.Union([Type.Literal(false), Type.Object({ port: Type.Integer() })]) })
    expect(faults(one, { to: { port: 'x' } })).to.deep.equal(['to.port: expected integer, got "x"'])
    expect(faults(one, { to: 5 })).to.deep.equal(['to: expected false or object, got 5'])
    expect(faults(Target, { type: 'file', flie: 'x' })).to.deep.equal([
      'flie: unknown key "flie"; did you mean "file"?',
    ])
    expect(faults(Target, { type: 'ulr', url: 'x' })).to.deep.equal([
      'type: expected one of file, url (did you mean url?)',
    ])
    expect(faults(Target, { url: 'x' })).to.deep.equal(['type: expected one of file, url'])
    expect(
      faults(Type.Union([Type.Object({ a: Type.Number() }), Type.Object({ b: Type.Number() })]), {}),
    ).to.deep.equal([': expected object, got an object'])
    expect(valueOf(Target, 'x')).to.equal('x')
  })

  it('may be an intersection', () => {
    const schema = Type.Intersect([
      Type.Object({ a: Type.Number(), c: Type.Number() }),
      Type.Intersect([Type.Object({ b: Type.String(), c: Type.Number({ minimum: 3 }) })]),
    ])
    expect(valueOf(schema, { a: 1, b: 'x', c: 3 })).to.deep.equal({ a: 1, b: 'x', c: 3 })
    expect(faults(schema, { a: 'x', d: 1 })).to.deep.equal([
      'a: expected number, got "x"',
      'd: unknown key "d"; expected one of a, c, b',
      'c: required key is missing; expected number and number of at least 3',
      'b: required key is missing; expected string',
    ])
    const open = Type.Intersect([Type.Object({ a: Type.Number() }), Type.Object({}, { additionalProperties: true })])
    expect(valueOf(open, { a: 1, z: 1 })).to.deep.equal({ a: 1, z: 1 })
    expect(faults(Type.Intersect([Type.String(), Type.Number()]), 1)).to.have.length(1)
  })

  it('may be a tuple', () => {
    const schema = Type.Tuple([Type.Number(), Type.String()])
    expect(valueOf(schema, [1, 'x'])).to.deep.equal([1, 'x'])
    expect(faults(schema, ['x', 1])).to.deep.equal([
      '[0]: expected number, got "x"',
      '[1]: expected string, got 1 (put it in quotes)',
    ])
    expect(faults(schema, [1])).to.have.length(1)
    expect(faults(schema, [1, 'x', 2])).to.have.length(1)
    expect(
      faults({ type: 'array', prefixItems: [{ type: 'number' }], items: { type: 'string' } }, [1, 2]),
    ).to.have.length(1)
  })

  it('may contain itself', () => {
    const schema = Type.Cyclic(
      { Node: Type.Object({ value: Type.Number(), children: Type.Array(Type.Ref('Node'), { default: [] }) }) },
      'Node',
    )
    expect(valueOf(schema, { value: 1, children: [{ value: 2 }] })).to.deep.equal({
      value: 1,
      children: [{ value: 2, children: [] }],
    })
    expect(faults(schema, { value: 1, children: [{ valeu: 2 }] })).to.deep.equal([
      'children[0].valeu: unknown key "valeu"; did you mean "value"?',
    ])
  })

  it('may be plain JSON Schema', () => {
    const schema = {
      $defs: { port: { type: 'integer', minimum: 1 } },
      type: 'object',
      properties: { port: { $ref: '#/$defs/port' }, no: false, any: true },
    }
    expect(faults(schema, { port: 0, no: 1, any: 1 })).to.deep.equal([
      'port: expected integer of at least 1, got 0',
      'no: must not be valid',
    ])
    expect(faults({ type: ['string', 'null'] }, 5)).to.deep.equal([': expected string or null, got 5'])
    expect(faults({ type: ['string', 'null'] }, null)).to.deep.equal([])
    expect(checkValue({ $ref: '#/nowhere' }, 5).value).to.not.equal(undefined)
    expect(faults({ $defs: { a: { $ref: 'a' } }, $ref: 'a' }, 5)).to.deep.equal([])
  })

  it('may refine, decode and fail to', () => {
    const even = Type.Refine(
      Type.Integer(),
      (value) => value % 2 === 0,
      () => 'must be even',
    )
    expect(faults(even, 3)).to.deep.equal([': must be even'])
    const throws = Type.Refine(Type.Integer(), () => {
      throw new Error('sk-secret')
    })
    expect(faults(throws, 3)).to.deep.equal([': is not valid'])
    const pattern = Type.Codec(Type.String())
      .Decode((text) => new RegExp(text))
      .Encode((value) => value.source)
    expect(valueOf(Type.Object({ pattern }), { pattern: 'a+' })).to.deep.equal({ pattern: /a+/ })
    expect(faults(Type.Object({ pattern }), { pattern: '(' })).to.deep.equal([': cannot be decoded'])
  })

  it('reports every fault, not the first eight', () => {
    expect(
      faults(
        Type.Array(Type.Integer()),
        Array.from({ length: 30 }, () => 'x'),
      ),
    ).to.have.length(30)
  })

  it('is put in words', () => {
    const cases: [TSchema, string][] = [
      [Type.Integer({ maximum: 3 }), 'integer of at most 3'],
      [
        Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, multipleOf: 0.5 }),
        'number above 0, below 1, divisible by 0.5',
      ],
      [Type.String({ minLength: 99 }), 'string of at least 99 characters'],
      [Type.String({ maxLength: 1 }), 'string of at most 1 characters'],
      [Type.String({ minLength: 98, maxLength: 99 }), 'string of 98 to 99 characters'],
      [Type.String({ pattern: /^a/ }), 'string that matches ^a'],
      [Type.String({ format: 'email' }), 'string in the format email'],
      [Type.Array(Type.Any(), { minItems: 1 }), 'non-empty list'],
      [Type.Array(Type.Any(), { minItems: 2 }), 'list of at least 2 items'],
      [Type.Array(Type.Any(), { maxItems: 2 }), 'list of 0 to 2 items'],
      [Type.Literal('only'), 'only'],
      [Type.Null(), 'null'],
      [Type.Union([Type.Integer(), Type.Boolean()]), 'integer or true or false'],
      [Type.Integer({ expected: 'a lucky number' }), 'a lucky number'],
    ]
    for (const [schema, words] of cases) expect(faults(schema, 'xyz')[0], words).to.include(`: expected ${words}, got `)
  })

  it('names what a value is that cannot be printed', () => {
    expect([null, undefined, [], [1], {}, () => 1, 5n, true].map(got)).to.deep.equal([
      'nothing',
      'nothing',
      'an empty list',
      'a list',
      'an object',
      'a function',
      '5',
      'true',
    ])
    expect(got('redis://u:hush@h')).to.equal('"redis://u:***@h"')
  })

  it('has other messages where TypeBox has better words', () => {
    expect(faults(Type.Array(Type.Integer(), { uniqueItems: true }), [1, 1])).to.deep.equal([
      ': must not have duplicate items',
    ])
    expect(
      checkValue(Type.Array(Type.Integer(), { uniqueItems: true, secret: true }), [1, 1]).faults[0]?.message,
    ).to.equal('is not valid')
  })
})
