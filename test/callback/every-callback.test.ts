import { expect } from 'chai'
import { elements } from '../../core/protocol/msg-body.ts'
import { commands } from '../../core/protocol/commands.ts'
import type { Definition } from '../../core/protocol/define.ts'
import { documentedFields, type Node, withField, wrongValue } from '../harness/documented.ts'
import { deferred, entry } from '../harness/plugin.ts'
import { eventsOf, serve, type TestServer } from '../harness/server.ts'

interface Served {
  server: TestServer
  /** Gives what both get of a body: `not called` where the callback was a dead letter, or decided by `onFailure`. */
  send: (body: unknown) => Promise<unknown[]>
}

/** A server with two plugins, one for everything and one for the command; and what both get of the next body. */
async function serveBoth(command: string): Promise<Served> {
  let any = deferred<unknown>()
  let own = deferred<unknown>()
  const server = await serve({
    plugins: [
      entry('any', { '*': ({ body }) => any.resolve(body) }),
      entry('own', { [command]: ({ body }: { body: unknown }) => own.resolve(body) }),
    ],
  })
  const settle = ({ plugin = '' }: { plugin?: string }): void => (plugin === 'any' ? any : own).resolve('not called')
  server.bus.on('callback:dead', settle)
  server.bus.on('handler:failed', settle)
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
      const faulty = eventsOf(server.bus, 'callback:faulty')
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

    it('costs no event when a documented field is null or of another type, however deep it lies', async () => {
      const { server, send } = await serveBoth(command)
      let n = 0
      for (const { path, keys, node, isRequired } of documentedFields(definition)) {
        // A command that is no text says nothing, and some fields may be anything.
        if (path === 'CallbackCommand' || node.type === undefined) continue
        const faulty = eventsOf(server.bus, 'callback:faulty')
        const wrong = withField(sample, keys, wrongValue(node))
        const [any, own] = await send({ ...wrong, Extra: n++ })
        expect(faulty.flatMap(({ faults }) => faults).map(nameOf), path).to.deep.equal([path])
        expect(faulty[0]).to.deep.include({ fits: !isRequired, paths: [path.replaceAll(/\[[0-9]+\]/g, '[]')] })
        expect([any, own].map(isBody), path).to.deep.equal(askedOf(phase, isRequired))

        const without = withField(sample, keys, null)
        const [anyWithout, ownWithout] = await send({ ...without, Extra: n++ })
        expect([anyWithout, ownWithout].map(isBody), path).to.deep.equal(askedOf(phase, isRequired))
      }
    })
  })

function nameOf(fault: string): string {
  return fault.replace(/: expected [^,]+, got \w+$/, '')
}

function isBody(got: unknown): boolean {
  return typeof got === 'object'
}

/** Whether the handler for everything is asked, and that of the command. */
function askedOf(phase: string, isRequired: boolean): boolean[] {
  return isRequired ? [phase === 'after', false] : [true, true]
}
