import { expect } from 'chai'
import { elements } from '../../core/protocol/msg-body.ts'
import { commands } from '../../core/protocol/commands.ts'
import type { Definition } from '../../core/protocol/define.ts'
import { documentedFields, type Node, withField, wrongValue } from '../harness/documented.ts'
import { deferred, entry } from '../harness/plugin.ts'
import { heard, serve, type TestServer } from '../harness/server.ts'

/** A server with two plugins, one for everything and one for the command; and what both get of the next body. */
async function serveBoth(
  command: string,
): Promise<{ server: TestServer; send: (body: unknown) => Promise<unknown[]> }> {
  let any = deferred<unknown>()
  let own = deferred<unknown>()
  const server = await serve({
    plugins: [
      entry('any', { '*': ({ body }) => any.resolve(body) }),
      entry('own', { [command]: ({ body }: { body: unknown }) => own.resolve(body) }),
    ],
  })
  const send = async (body: unknown): Promise<unknown[]> => {
    ;[any, own] = [deferred<unknown>(), deferred<unknown>()]
    const reply = await server.post(command, body)
    expect([reply.status, reply.json['ErrorCode']], reply.text).to.deep.equal([200, 0])
    return Promise.all([any.promise, own.promise])
  }
  return { server, send }
}

/** The body as Tencent's documents write it: all integers in quotes, in messages too. */
function quoted(node: Node & { wire?: string }, value: unknown): unknown {
  if (node.wire === 'msg-body' && Array.isArray(value)) return value.map(quotedElement)
  if (node.wire === 'integer' && typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map((item: unknown) => quoted(node.items ?? {}, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      quoted(node.properties?.[name] ?? {}, inner),
    ]),
  )
}

function quotedElement(element: { MsgType: string; MsgContent: unknown }): object {
  return { ...element, MsgContent: quoted(elements.get(element.MsgType) ?? {}, element.MsgContent) }
}

function requiredOnly({ request, sample }: Definition): object {
  const { required = [] } = request as { required?: readonly string[] }
  return Object.fromEntries(Object.entries(sample).filter(([name]) => required.includes(name)))
}

for (const [command, definition] of commands)
  describe(`${command} through a server`, () => {
    const { sample, phase, request } = definition

    it('comes out unchanged, at a handler for everything and at one of its own', async () => {
      const { server, send } = await serveBoth(command)
      const faulty = heard(server.bus, 'callback:faulty')
      expect(await send(sample)).to.deep.equal([sample, sample])
      expect(faulty).to.deep.equal([])
    })

    it('comes with keys that are not documented, without what is optional, and with its integers in quotes', async () => {
      const { send } = await serveBoth(command)
      const extra = { ...sample, Extra: { Deep: [null, '5', 5] } }
      expect(await send(extra)).to.deep.equal([extra, extra])
      const lean = requiredOnly(definition)
      expect(await send(lean)).to.deep.equal([lean, lean])
      const changed = { ...sample, Extra: 'another body' }
      expect(await send(quoted(request, changed))).to.deep.equal([changed, changed])
    })

    it('does not come with a wrong type in a documented field', async () => {
      const called: unknown[] = []
      const { bus, post } = await serve({ plugins: [entry('any', { '*': ({ body }) => void called.push(body) })] })
      // Of a before-callback, an element that does not fit stays as it came: filters must see it.
      const fields = documentedFields(definition).filter(({ path }) => phase === 'after' || !path.includes('MsgBody['))
      for (const { path, keys, node } of fields) {
        const event = bus.next('callback:faulty')
        const dead = phase === 'after' ? bus.next('callback:dead') : undefined
        const { status, json } = await post(command, withField(sample, keys, wrongValue(node)))
        const { faults } = await event
        expect(faults).to.have.length(1)
        expect(faults[0]?.replace(/: expected [^\n]+$/, '')).to.equal(path)
        if (phase === 'before') expect(status, path).to.equal(200)
        else {
          expect([status, json['ErrorInfo']]).to.deep.equal([400, faults[0]])
          expect(await dead).to.include({ command, error: faults[0] })
        }
      }
      expect(called).to.deep.equal([])
    })
  })
