import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { faultsOf, prepared } from './support.ts'

/** A copy of TypeBox that is not the one of timhook/plugin. */
const COPY = pathToFileURL(resolve('node_modules/typebox/build/index.mjs')).href

const plugin = (head: string, options: string): string =>
  `${head}\nexport default { name: 'own', handlers: {}, options: ${options} }`

const WITH_COPY = plugin(
  `import { Type } from '${COPY}'`,
  `Type.Object({
    limit: Type.Integer({ minimum: 1, default: 3 }),
    mode: Type.Union([Type.Literal('soft'), Type.Literal('hard')], { default: 'soft' }),
    words: Type.Optional(Type.Array(Type.String({ minLength: 2 }))),
    pattern: Type.Decode(Type.String(), (text) => new RegExp(text)),
    even: Type.Refine(Type.Integer(), (value) => value % 2 === 0, () => 'must be even'),
    tree: Type.Cyclic({ Node: Type.Object({ kids: Type.Array(Type.Ref('Node'), { default: [] }) }) }, 'Node'),
  })`,
)

/** What the versions before 1.0 make: JSON Schema, with marks of their own beside it. */
const OLD = `
const Kind = Symbol.for('TypeBox.Kind')
const Text = { [Kind]: 'String', type: 'string', minLength: 2 }
const Obj = (properties) => ({ [Kind]: 'Object', type: 'object', required: Object.keys(properties), properties })`

const use = '  - use: ./own.mjs\n    options: '

describe('options whose schema another copy of TypeBox has made', () => {
  it('have defaults, codecs, refinements and cycles as those of our own', async () => {
    const { plugins } = await prepared(
      { 'own.mjs': WITH_COPY },
      `${use}{ pattern: a+, even: 2, tree: { kids: [{}] } }\n`,
    )
    const expected = { limit: 3, mode: 'soft', pattern: /a+/, even: 2, tree: { kids: [{ kids: [] }] } }
    expect(plugins[0]?.options).to.deep.equal(expected)
    const wrong = '{ limit: 0, mode: no, words: [a], pattern: a, even: 3, tree: { kids: [{ kids: 1 }] } }'
    const faults = await faultsOf({ 'own.mjs': WITH_COPY }, `${use}${wrong}\n`)
    expect(faults)
      .to.contain('options.limit: expected integer of at least 1, got 0')
      .and.contain('options.mode: expected one of soft, hard')
      .and.contain('options.words[0]: expected string of at least 2 characters')
      .and.contain('options.even: must be even')
      .and.contain('options.tree.kids[0].kids: expected list')
  })

  it('are checked by what is JSON Schema in one of an older version', async () => {
    const own = plugin(OLD, 'Obj({ word: Text })')
    const { plugins } = await prepared({ 'own.mjs': own }, `${use}{ word: ab }\n`)
    expect(plugins[0]?.options).to.deep.equal({ word: 'ab' })
    expect(await faultsOf({ 'own.mjs': own }, `${use}{ word: a }\n`)).to.contain('at least 2 characters, got "a"')
  })

  for (const [what, options, expected] of [
    [
      'a codec of an older version',
      "Obj({ word: { ...Text, [Symbol.for('TypeBox.Transform')]: { Decode: (text) => text } } })",
      'options.word: Type.Transform of @sinclair/typebox would have no effect; build the schema with Type of timhook/plugin, where it is Type.Decode',
    ],
    [
      'a cycle of an older version',
      "Obj({ kids: { [Kind]: 'Array', type: 'array', items: { [Kind]: 'This', $ref: 'T0' } } })",
      'options.kids: Type.Recursive of @sinclair/typebox cannot be followed',
    ],
    [
      'a type of an older version',
      "Obj({ list: { type: 'array', items: Obj({ at: { [Kind]: 'Date', type: 'Date' } }) } })",
      'options.list.at: its type "Date" is not a JSON Schema type, and would accept anything',
    ],
    [
      'a refinement of version 1.0',
      "Obj({ even: { type: 'number', '~refine': [{ callback: () => false, message: 'must be even' }] } })",
      'options.even: its Type.Refine would have no effect',
    ],
  ] as const) {
    it(`are refused with a sentence where a part would silently have no effect: ${what}`, async () => {
      const faults = await faultsOf({ 'own.mjs': plugin(OLD, options) }, '  - use: ./own.mjs\n')
      expect(faults).to.contain(`plugins[0].use: plugin own: ${expected}`)
    })
  }

  it('are refused for a refinement whose message is not a function, which TypeBox would leave out', async () => {
    const head = `import { Type } from '${pathToFileURL(resolve('dist/core/plugin.js')).href}'`
    const own = plugin(head, "Type.Object({ even: Type.Refine(Type.Integer(), (n) => n % 2 === 0, 'must be even') })")
    expect(await faultsOf({ 'own.mjs': own }, `${use}{ even: 3 }\n`)).to.contain(
      "options.even: its Type.Refine would have no effect: the message is not a function, or it is of another version of typebox; build the schema with Type of timhook/plugin, and a message as in () => 'must be even'",
    )
  })
})
