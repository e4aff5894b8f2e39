import { expect } from 'chai'
import * as fc from 'fast-check'
import { isObject } from '../../core/lib/json.ts'
import { expectEnvelope, expectUnharmed } from '../harness/answers.ts'
import { eventsOf, serve, signed, SIGNED_APP, UNSIGNED_APP } from '../harness/server.ts'

const DECISIVE = ['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime']
const GROUP_FULL = 'Group.CallbackAfterGroupFull'
const BEFORE_SEND = 'Group.CallbackBeforeSendMsg'

const anything = fc.string({ unit: 'binary', maxLength: 20 })
const apps = fc.constantFrom(`${UNSIGNED_APP}`, `${SIGNED_APP}`, '1400000009', '')
const commands = fc.oneof(fc.constantFrom(GROUP_FULL, BEFORE_SEND, 'X.Y', '__proto__', ''), anything)
const genuine = fc.constant(0).map(() => signed())
const parameters = fc
  .record(
    { SdkAppid: apps, CallbackCommand: commands, ClientIP: anything, Sign: anything, RequestTime: anything },
    { requiredKeys: [] },
  )
  .map((record) => Object.entries(record))
const extra = fc.array(fc.tuple(fc.oneof(anything, fc.constantFrom(...DECISIVE)), anything), { maxLength: 1 })
const queries = fc
  .tuple(
    fc.oneof(
      parameters,
      genuine.map((query) => [...Object.entries(query), ['CallbackCommand', 'X.Y']]),
    ),
    extra,
  )
  .chain(([given, more]) => fc.shuffledSubarray([...given, ...more], { minLength: given.length }))
  .map((entries) =>
    new URLSearchParams(entries.map(([name = '', value = '']): [string, string] => [name, value])).toString(),
  )

const fields = {
  CallbackCommand: fc.constantFrom(GROUP_FULL, BEFORE_SEND, 'X.Y', 5),
  GroupId: fc.oneof(anything, fc.integer()),
  EventTime: fc.oneof(fc.nat(), anything, fc.constant('1670574414123')),
  From_Account: fc.oneof(anything, fc.maxSafeInteger(), fc.object()),
  MsgBody: fc.array(
    fc.record({
      MsgType: fc.constantFrom('TIMTextElem', 'TIMCustomElem', 'TIMRelayElem', '__proto__', 7),
      MsgContent: fc.oneof(fc.object(), fc.record({ Text: anything }), fc.constant(null)),
    }),
  ),
}
const bodies = fc.oneof(
  fc.record(fields, { requiredKeys: [] }).map((body) => Buffer.from(JSON.stringify(body))),
  fc.json().map((text) => Buffer.from(text)),
  fc.object().map((body) => Buffer.from(JSON.stringify(body))),
  anything.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
)

const targets = fc
  .tuple(fc.constantFrom('/?', '/-', '/%'), fc.string({ unit: 'binary' }))
  .map(([start, text]) => start + encodeURI(text))

/** The statuses that section "HTTP" of the contract allows, in the order of its checks. */
function allowed(query: string, body: Buffer): number[] {
  const given = new URLSearchParams(query)
  if (DECISIVE.some((name) => given.getAll(name).length > 1)) return [400]
  const app = given.get('SdkAppid')
  const command = given.get('CallbackCommand')
  if (app !== null && ![`${UNSIGNED_APP}`, `${SIGNED_APP}`].includes(app)) return [403]
  if (!command) return [looksLikeEvent(parse(body)) ? 400 : 200]
  if (app === null) return [403]
  const genuine = given.get('Sign')?.length === 64 && /^[0-9]{10}$/.test(given.get('RequestTime') ?? '')
  if (app === `${SIGNED_APP}` && !genuine) return [401]
  const parsed = parse(body)
  if (!isObject(parsed)) return [400]
  return [200]
}

function looksLikeEvent(body: unknown): boolean {
  return (
    isObject(body) && ['CallbackCommand', 'Events', 'Event', 'EventGroupId', 'EventType'].some((name) => name in body)
  )
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

describe('whatever the query and the body', () => {
  it('the answer is an envelope with the status that the contract says', async () => {
    const server = await serve()
    const failed = eventsOf(server.bus, 'server:failed')
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(queries, bodies, async (query, body) => {
        const { status, text, headers } = await server.request(`/?${query}`, { method: 'POST', body })
        expect(headers.get('content-type')).to.equal('application/json')
        expectEnvelope(status, text)
        expect(status).to.be.oneOf(allowed(query, body))
        seen.add(status)
      }),
      { numRuns: 500 },
    )
    expect([...seen].toSorted((a, b) => a - b)).to.deep.equal([200, 400, 401, 403])
    expect(failed).to.deep.equal([])
    await expectUnharmed(server)
  })

  it('the answer is an envelope even when the target is any text', async () => {
    const server = await serve()
    await fc.assert(
      fc.asyncProperty(targets, fc.constantFrom('POST', 'PUT', 'GET'), async (target, method) => {
        const { status, text } = await server.request(target, { method })
        expectEnvelope(status, text)
        expect(status).to.be.oneOf([200, 400, 403, 404, 405])
      }),
      { numRuns: 200 },
    )
    await expectUnharmed(server)
  })
})
