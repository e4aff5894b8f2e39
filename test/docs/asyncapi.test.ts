import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'

interface Operation {
  readonly messages: { $ref: string }[]
  readonly reply?: { messages: { $ref: string }[] }
  readonly bindings: { http: { query: { properties: { CallbackCommand: { const: string } } } } }
}

interface Document {
  readonly channels: Record<string, { messages: Record<string, { payload: { $ref: string } }> }>
  readonly operations: Record<string, Operation>
}

const read = (): Document => JSON.parse(readFileSync('docs/asyncapi.json', 'utf8')) as Document
const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as object
// Draft-07, with that draft's own schema inside of it, and with formats that Ajv leaves to others.
const validate = new Ajv({ strict: false, validateFormats: false, validateSchema: false, meta: false }).compile(
  specification,
)

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  )
}

function at(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
}

describe('the AsyncAPI document', () => {
  const document = read()

  it('is one by the specification', () => {
    expect(validate(document), JSON.stringify(validate.errors)).to.equal(true)
  })

  it('would not be one with an operation of an unknown kind, or without a title', () => {
    const { operations, ...rest } = document
    expect(validate({ ...rest, operations: { ...operations, wrong: { action: 'listen' } } })).to.equal(false)
    expect(validate({ ...document, info: { version: '1' } })).to.equal(false)
  })

  it('refers to nothing that is missing', () => {
    for (const reference of references(document)) {
      if (reference.startsWith('#')) expect(at(document, reference), reference).to.be.an('object')
      else expect(existsSync(join('docs', reference)), reference).to.equal(true)
    }
  })

  it('has a message and an operation for each callback, with a reply where the answer decides', () => {
    const { messages } = document.channels['webhook'] ?? { messages: {} }
    expect(Object.keys(document.operations)).to.deep.equal([...commands.keys()])
    for (const [command, { phase }] of commands) {
      const operation = document.operations[command]
      expect(operation?.messages).to.deep.equal([{ $ref: `#/channels/webhook/messages/${command}` }])
      expect(operation?.bindings.http.query.properties.CallbackCommand.const).to.equal(command)
      expect(messages[command]?.payload).to.deep.equal({ $ref: `./schemas/${command}.json` })
      const answers = operation?.reply?.messages.map(
        ({ $ref }) => (at(document, $ref) as (typeof messages)[string]).payload,
      )
      const expected = phase === 'before' ? [{ $ref: `./schemas/${command}.answer.json` }] : undefined
      expect(answers).to.deep.equal(expected)
    }
  })
})
