import { expect } from 'chai'
import { assert, nat, property, record } from 'fast-check'
import { samplesOf } from '../../core/cli/trigger/sample.ts'
import { type JsonObject, isObject, parseJson, writeJson } from '../../core/lib/json.ts'
import { commands } from '../../core/protocol/commands.ts'
import type { Definition } from '../../core/protocol/define.ts'
import { orderKeyOf } from '../../core/protocol/order-key.ts'
import { variation } from '../../core/sample/variation.ts'
import { bodyReader } from '../../core/callback/body-reader.ts'
import { eventsOf, serve } from '../harness/server.ts'

const numbers = record({ seed: nat(0xffffffff), n: nat(100_000) })

function textOf(definition: Definition, where: { seed: number; n: number }): string {
  return writeJson(variation(definition, definition.sample as JsonObject, where))
}

function parsed(text: string): JsonObject {
  const body = parseJson(text)
  if (!isObject(body)) throw new Error('expected an object')
  return body
}

for (const [command, definition] of commands)
  describe(`a variation of ${command}`, () => {
    const read = bodyReader(definition)
    const sample = definition.sample as JsonObject

    it('fits, keeps its order and what is required, and is the same for the same seed', () => {
      const order = definition.phase === 'after' ? definition.order : undefined
      const { required = [] } = definition.request as { required?: readonly string[] }
      const fits = property(numbers, (where) => {
        const text = textOf(definition, where)
        const body = parsed(text)
        const reading = read(body)
        expect(reading, text).to.deep.include({ faults: [], fits: true })
        expect(reading.body).to.include.keys(...required, 'Timhook_Variation')
        if (order) expect(orderKeyOf(order, reading.body)).to.equal(orderKeyOf(order, sample))
        expect(textOf(definition, where)).to.equal(text)
      })
      assert(fits, { numRuns: 200 })
    })

    it('leaves the sample alone', () => {
      const before = JSON.stringify(sample)
      for (let n = 0; n < 20; n++) textOf(definition, { seed: 1, n })
      expect(JSON.stringify(sample)).to.equal(before)
    })

    it('is answered with 200 by a server, and no two are resends', async () => {
      const { bus, post } = await serve()
      const [faulty, resent] = [eventsOf(bus, 'callback:faulty'), eventsOf(bus, 'callback:resent')]
      const [sample] = await samplesOf(command, { seed: 3 })
      for (let n = 0; n < 10; n++) expect((await post(command, sample?.make(n))).status).to.equal(200)
      expect([faulty, resent]).to.deep.equal([[], []])
    })
  })

describe('variations', () => {
  const of = (command: string): string[] => {
    const definition = commands.get(command)
    if (!definition) throw new Error(command)
    return Array.from({ length: 500 }, (_, n) => textOf(definition, { seed: 42, n }))
  }

  for (const [what, command, pattern] of [
    ['an integer as a digit string', 'C2C.CallbackAfterSendMsg', /"MsgRandom":"[0-9]+"/],
    ['an integer beyond 2^53', 'C2C.CallbackAfterSendMsg', /"[A-Za-z]+":9007199254740993[,}]/],
    ['an account as a bare integer', 'Group.CallbackAfterSendMsg', /"From_Account":[0-9]{4,15}[,}]/],
    ['an account beyond 2^53', 'Group.CallbackAfterSendMsg', /"From_Account":[0-9]{16,}[,}]/],
    ['a field that the sample lacks', 'C2C.CallbackAfterSendMsg', /"MsgId":/],
    ['a key that nobody has documented', 'C2C.CallbackAfterSendMsg', /"Timhook_Unknown_[0-9]":/],
    ['a documented value', 'State.StateChange', /"Action":"CustomStatusChange"/],
    ['a value that is new', 'State.StateChange', /"Action":"Timhook_New_[0-9]"/],
    ['a message of several elements', 'Group.CallbackBeforeSendMsg', /"MsgType".*"MsgType"/],
    ['an element of a new type', 'Group.CallbackBeforeSendMsg', /"TIMTimhookElem"/],
    ['a forwarded message in a forwarded one', 'Group.CallbackBeforeSendMsg', /"MsgList".*"MsgList"/],
    ['a batch of more events', 'Push.AllMemberPush', /"EventType".*"Push.AllMemberPush".*"EventType"/],
  ] as const) {
    it(`have ${what} at times, and not always`, () => {
      const hits = of(command).filter((text) => pattern.test(text)).length
      expect(hits).to.be.within(2, 450)
    })
  }

  it('lack documented fields at times', () => {
    const without = of('C2C.CallbackAfterSendMsg').filter((text) => !text.includes('"MsgKey"'))
    expect(without.length).to.be.within(10, 450)
  })

  it('are others for another seed, and for every count', () => {
    const first = of('C2C.CallbackAfterSendMsg').map((text) => text.replace(/,"Timhook_Variation".*/, ''))
    expect(new Set(first).size).to.be.above(400)
  })

  it('leave fields alone that are fixed', () => {
    const definition = commands.get('State.StateChange')
    if (!definition) throw new Error('State.StateChange')
    const sample = definition.sample as JsonObject
    for (let n = 0; n < 100; n++) {
      const body = variation(definition, sample, { seed: 5, n, fixed: ['KickedDevice', 'Info'] })
      expect([body['KickedDevice'], body['Info']]).to.deep.equal([sample['KickedDevice'], sample['Info']])
    }
  })
})
