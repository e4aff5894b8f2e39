import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import { randomOf, type Random } from '../../core/sample/random.ts'
import { expectEnvelope } from '../harness/answers.ts'
import { openConnection, requestText, type WireResponse } from '../harness/connection.ts'
import { entry } from '../harness/plugin.ts'
import { eventsOf, serve, type TestServer, UNSIGNED_APP } from '../harness/server.ts'

const ADD = 'Sns.CallbackPrevFriendAdd'
const BODIES = Number(process.env['FUZZ_BODIES'] ?? 20_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)
const PARTS = 20
const TOGETHER = 50

type Json = Record<string | number, unknown>

/** JSON of values that are of another type than any that is documented. */
const strange: readonly [string, ...string[]] = [
  'null',
  'true',
  '-1',
  '1e400',
  '12345678901234567890',
  '0.5',
  '""',
  '"\\ud800"',
  '[]',
  '{}',
  '[[[]]]',
  '[null,1,"a",{}]',
  '{"toString":null}',
  '{"toString":{},"valueOf":1}',
  '{"__proto__":{"a":1}}',
  '{"constructor":null,"hasOwnProperty":1}',
  '{"length":1e9}',
  '{"then":1}',
  '{"toJSON":5}',
  `${'['.repeat(200)}${']'.repeat(200)}`,
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
]
const MARK = '\uf8ff'

/** The sample with some of what is below its top broken, as JSON. */
function broken(sample: object, random: Random): string {
  const copy = structuredClone(sample) as Json
  const values: string[] = []
  for (let n = random.below(4); n >= 0; n--) {
    const [holder, key] = place(copy, random)
    values.push(random.pick(strange))
    if (random.chance(0.1)) delete holder[key]
    else holder[random.chance(0.1) ? 'toString' : key] = `${MARK}${values.length - 1}`
  }
  return JSON.stringify(copy).replaceAll(new RegExp(`"${MARK}(\\d+)"`, 'g'), (_, n: string) => values[Number(n)] ?? '0')
}

/** Some object or list of it and one of its keys. The deeper ones are as likely as the top. */
function place(top: Json, random: Random): [Json, string] {
  const holders: Json[] = []
  const open: unknown[] = [top]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (Object.keys(value).length > 0) holders.push(value as Json)
    open.push(...Object.values(value))
  }
  const holder = holders[random.below(holders.length)] ?? top
  const keys = Object.keys(holder)
  return [holder, keys[random.below(keys.length)] ?? 'a']
}

function serveAll(): Promise<TestServer> {
  let n = 0
  const decide = (context: { body: unknown; allow?: () => unknown; reject?: () => unknown }): unknown => {
    JSON.stringify(context.body)
    return n++ % 2 === 0 ? context.allow?.() : context.reject?.()
  }
  return serve({
    plugins: [
      { use: 'keyword-filter', options: { words: ['Hello', 'red packet'], action: 'mask' } },
      { use: 'group-full' },
      entry('any', { '*': decide as never }),
    ],
  })
}

async function answersTo(port: number, requests: readonly string[]): Promise<WireResponse[]> {
  const connection = await openConnection(port)
  connection.send(requests.join(''))
  const answers: WireResponse[] = []
  for (const _ of requests) answers.push(await connection.answer())
  connection.destroy()
  return answers
}

const requestFor = (command: string, body: string): string =>
  requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${command}`, body)

describe('bodies whose types are broken below the top', () => {
  for (let part = 0; part < PARTS; part++)
    it(`are never answered 500: part ${part + 1} of ${PARTS}, FUZZ_SEED=${SEED}`, async () => {
      const { port, bus } = await serveAll()
      const failed = eventsOf(bus, 'server:failed')
      const random = randomOf(SEED, part)
      const all = [...commands.values()]
      for (let left = Math.ceil(BODIES / PARTS); left > 0; left -= TOGETHER) {
        const bodies = Array.from({ length: Math.min(TOGETHER, left) }, () => {
          const { command, sample } = all[random.below(all.length)] ?? { command: ADD, sample: {} }
          return { command, body: broken(sample, random) }
        })
        const answers = await answersTo(
          port,
          bodies.map(({ command, body }) => requestFor(command, body)),
        )
        for (const [at, { status, body }] of answers.entries()) {
          expectEnvelope(status, body)
          expect(status, JSON.stringify(bodies[at])).to.be.oneOf([200, 400])
        }
        expect(failed.map(({ error }) => String(error))).to.deep.equal([])
      }
    })
})

describe('a target of a friend request', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const nobody = ['{"toString":null}', deep, '{}', 'true', '["a"]']

  for (const account of nobody)
    it(`whose account is neither text nor a number is left out of ResultItem: ${account.slice(0, 20)}`, async () => {
      const { port, bus } = await serveAll()
      const failed = eventsOf(bus, 'server:failed')
      const faulty = eventsOf(bus, 'callback:faulty')
      const body = `{"FriendItem":[{"To_Account":"joe"},{"To_Account":${account}},{"To_Account":12345678901234567890},7]}`
      const [answer] = await answersTo(port, [requestFor(ADD, body)])
      expect(answer?.status).to.equal(200)
      const { ResultItem } = JSON.parse(answer?.body ?? '') as { ResultItem: { To_Account: unknown }[] }
      expect(ResultItem.map(({ To_Account }) => To_Account)).to.deep.equal(['joe', '12345678901234567890'])
      expect(failed).to.deep.equal([])
      const named = faulty[0]?.faults.some((fault) => fault.startsWith('FriendItem[1].To_Account: expected'))
      expect(named).to.equal(true)
    })
})
