import { expect } from 'chai'
import * as fc from 'fast-check'
import { Compile } from '#typebox/schema'
import { isObject, type JsonObject } from '../../core/lib/json.ts'
import { commands } from '../../core/protocol/commands.ts'
import { elements } from '../../core/protocol/msg-body.ts'
import { bodyReader, type BodyReader } from '../../core/callback/body-reader.ts'
import { type Node, type Documented, documentedFields, withField } from '../harness/documented.ts'

interface WireNode extends Node {
  readonly wire?: string
  readonly const?: unknown
  readonly items?: WireNode
  readonly properties?: Readonly<Record<string, WireNode>>
}

/** The schema of what handlers are promised: one type a field, and not the forms in which it may come. */
function promised(node: WireNode): object {
  const { wire, properties, items, required, type } = node
  if (wire === 'msg-body') return { type: 'array' }
  if (wire === 'integer') {
    const list = [type].flat().includes('array') ? [{ type: 'array', items: promised(items ?? {}) }] : []
    const map = [type].flat().includes('object') ? [{ type: 'object' }] : []
    return { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?[0-9]{16,}$' }, ...list, ...map] }
  }
  if (wire === 'number') return { type: 'number' }
  if (wire === 'account') return { type: 'string' }
  return {
    ...(type && { type }),
    ...(node.const !== undefined && { const: node.const }),
    ...(required && { required }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, promised(child)])),
    }),
    ...(items && { items: promised(items) }),
  }
}

const DEEP = 'deep'
const DEPTH = 1000
const polluting = JSON.parse('{"__proto__":{"GroupId":"g","polluted":1},"constructor":1}') as unknown
const SECRET = 'a text that nobody may read'
const values = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -0, 0.5, 1e21, 2 ** 53, -7, '', '0', 'true', '12', '9'.repeat(400)),
  fc.constantFrom<unknown>([], [null], {}, { [SECRET]: SECRET }, SECRET, [SECRET, 5], DEEP, polluting),
  fc.jsonValue({ maxDepth: 3 }),
)

/** A body of which one field, at any depth, is another value. */
function withFault({ keys }: Pick<Documented, 'keys'>, sample: object, value: unknown): JsonObject {
  const text = JSON.stringify(withField(sample, keys, value))
  return JSON.parse(text.replaceAll(`"${DEEP}"`, `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`)) as JsonObject
}

for (const [command, definition] of commands)
  describe(`the reading of ${command}, with any one field broken in any way`, () => {
    const { sample } = definition
    const read: BodyReader = bodyReader(definition)
    const isPromised = Compile(promised(definition.request))
    const fields = documentedFields(definition).filter(({ path }) => path !== 'CallbackCommand')

    it('gives what the type promises or says that it does not, and leaves all else as it was', () => {
      const holds = fc.property(fc.constantFrom(...fields), values, (field, value) => {
        const body = withFault(field, sample, value)
        const before = JSON.stringify(body)
        const reading = read(body)
        expect(JSON.stringify(body), 'what was read has changed').to.equal(before)
        expect(isPromised.Check(reading.body)).to.equal(reading.fits)
        // Only the message may be what keeps a before-callback from its plugins.
        if (!reading.fits) expect(field.isRequired, field.path).to.equal(true)
        expect(reading.faults.join()).not.to.include(SECRET)
        expect(reading.faults.length > 0).to.equal(reading.paths.length > 0)
        for (const name of Object.keys(sample).filter((key) => key !== field.keys[0])) {
          expect(reading.body[name]).to.deep.equal((sample as JsonObject)[name])
        }
      })
      fc.assert(holds, { numRuns: 150 })
    })

    it('is the same when what was read is read again', () => {
      const settles = fc.property(fc.constantFrom(...fields), values, (field, value) => {
        const { body } = read(withFault(field, sample, value))
        expect(JSON.stringify(read(body).body)).to.equal(JSON.stringify(body))
      })
      fc.assert(settles, { numRuns: 50 })
    })
  })

describe('the reading of a message', () => {
  const definition = commands.get('Group.CallbackAfterSendMsg')
  if (!definition) throw new Error('no such command')
  const read = bodyReader(definition)

  for (const [MsgType, content] of elements)
    it(`leaves an element of ${MsgType} in its place as it came, whatever is wrong in it`, () => {
      const names = Object.keys((content as Node).properties ?? {})
      const holds = fc.property(fc.constantFrom(...names), values, (name, value) => {
        const good = { MsgType: 'TIMFaceElem', MsgContent: { Index: '5', Data: null } }
        const body = { GroupId: '@TGS#1', MsgBody: [good, { MsgType, MsgContent: {} }, good] }
        const strange = withFault({ keys: ['MsgBody', 1, 'MsgContent', name] }, body, value)
        const reading = read(strange)
        const [first, second, third] = reading.body['MsgBody'] as unknown[]
        expect([first, third]).to.deep.equal([
          { MsgType: 'TIMFaceElem', MsgContent: { Index: 5 } },
          { MsgType: 'TIMFaceElem', MsgContent: { Index: 5 } },
        ])
        expect(reading.fits).to.equal(true)
        const isFaulty = reading.paths.some((path) => /^MsgBody\[\]\.MsgContent\.(?!MsgList\[\]\.MsgBody\[)/.test(path))
        if (isFaulty) expect(second).to.equal((strange['MsgBody'] as unknown[])[1])
        else if (MsgType !== 'TIMRelayElem') expect(conforms(MsgType, second)).to.equal(true)
      })
      fc.assert(holds, { numRuns: 100 })
    })

  function conforms(MsgType: string, element: unknown): boolean {
    const content = isObject(element) ? element['MsgContent'] : undefined
    return Compile(promised((elements.get(MsgType) ?? {}) as WireNode)).Check(content)
  }
})
