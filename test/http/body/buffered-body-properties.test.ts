import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { chunked, type Connection, openConnection, requestText } from '../../harness/connection.ts'
import { entry } from '../../harness/plugin.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

const LINE = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`

const texts = fc.oneof(
  fc.json({ depthSize: 'small', noUnicodeString: false }),
  fc
    .dictionary(fc.constantFrom('a', '__proto__', 'constructor', '群'), fc.string({ unit: 'binary' }))
    .map((object) => JSON.stringify(object)),
  fc.constantFrom('', ' ', '{', '{}', ' {} ', '[]', '"x"', '{"a":12345678901234567890}', '{"__proto__":{"a":1}}'),
)
const marks = fc.constantFrom('', '', '\ufeff', '\ufeff\ufeff')
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(marks, texts).map((parts) => Buffer.from(parts.join(''))) },
  // In a string, bytes that are not UTF-8 do not keep the body from being JSON.
  fc
    .uint8Array({ maxLength: 40 })
    .map((inner) => Buffer.concat([Buffer.from('{"a":"'), inner.map(printable), Buffer.from('"}')])),
  fc.uint8Array({ maxLength: 20 }).map((inner) => Buffer.from(inner)),
  // Long ones are decoded another way.
  fc
    .tuple(fc.constantFrom('a', 'é', '群', '😀'), fc.integer({ min: 100, max: 2000 }), fc.uint8Array({ maxLength: 3 }))
    .map(([text, times, inner]) => {
      return Buffer.concat([Buffer.from(`{"a":"${text.repeat(times)}`), inner.map(printable), Buffer.from('"}')])
    }),
)
/** Where to cut, as shares of the length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })

function printable(byte: number): number {
  return byte < 32 || byte === 34 || byte === 92 ? 120 : byte
}

function pieces(body: Buffer, shares: readonly number[]): Buffer[] {
  const places = [0, ...shares.map((share) => Math.round(share * body.length)).toSorted((a, b) => a - b), body.length]
  return places.slice(1).map((place, index) => body.subarray(places[index], place))
}

describe('a body of known length, in any pieces', () => {
  it('is read as koa-bodyparser reads it when it comes without a length', async () => {
    const seen: { raw: string; body: unknown }[] = []
    const handle = ({ raw, body }: { raw: string; body: unknown }): void => void seen.push({ raw, body })
    const { bus, port } = await serve({ plugins: [entry('sees', { '*': handle })] })
    const connection = await openConnection(port)

    /** The answer, and what the handler saw of it. */
    const read = async (send: (connection: Connection) => Promise<void>): Promise<unknown> => {
      const done = bus.next('handler:done')
      await send(connection)
      const { status, body } = await connection.answer()
      if (status === 200) await done
      return { status, answer: body, seen: seen.splice(0) }
    }

    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (body, shares) => {
        const parts = pieces(body, shares)
        const lean = await read(async ({ send }) => {
          send(requestText(LINE, '', [`Content-Length: ${body.length}`]))
          for (const part of parts) {
            if (part.length > 0) send(part)
            await turn()
          }
        })
        const whole = await read(async ({ send }) => {
          send(Buffer.concat([Buffer.from(requestText(LINE, '', [`Content-Length: ${body.length}`])), body]))
        })
        const parsed = await read(async ({ send }) => {
          send(requestText(LINE, '', ['Transfer-Encoding: chunked']))
          send(chunked(parts.filter((part) => part.length > 0)))
        })
        expect(lean).to.deep.equal(parsed)
        expect(whole).to.deep.equal(parsed)
      }),
      { numRuns: 100 },
    )
  })
})
