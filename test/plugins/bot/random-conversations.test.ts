import { expect } from 'chai'
import { type Random, randomOf } from '../../../core/sample/random.ts'
import { testPlugin, type TestPlugin } from '../../../core/testing.ts'
import plugin from '../../../plugins/bot/index.ts'
import type { Bot } from '../../../plugins/bot/bot.ts'
import { ModelError } from '../../../plugins/bot/model/complete.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { BOT, C2C, said } from './support.ts'

/** BOT_RUNS=10000 npx mocha --grep 'random conversations' */
const RUNS = Number(process.env['BOT_RUNS'] ?? 60)
const TURNS = 3

/** A model that fails now and then, before its answer or within it. */
function faultyModel(random: Random, now: () => number): Bot {
  return {
    async *complete() {
      const fate = random.below(6)
      if (fate === 0) throw new ModelError('down')
      yield 'a part of an answer'
      if (fate === 1) throw new ModelError('broke off')
      yield ', and the rest'
    },
    check: () => Promise.resolve(!random.chance(0.05)),
    isIgnored: () => false,
    now,
  }
}

/** Sends a message, and waits for its answer over its retries. Resolves to whether there was one. */
async function answered(tested: TestPlugin, from: string, query: Record<string, string>): Promise<boolean> {
  const before = tested.rest.calls.length
  await tested.after(C2C, said('hello', from), { query }).catch(() => undefined)
  // Retries come within some seconds.
  for (let step = 0; step < 40 && tested.rest.calls.length === before; step++) await tested.clock.advance(100)
  return tested.rest.calls.length > before
}

describe('bot: random conversations', () => {
  it(`never end in a loop, and leave no person without an answer (${RUNS})`, async () => {
    const random = randomOf(Number(process.env['BOT_SEED'] ?? 1), 2)
    let now = (): number => Date.now()
    const replaced = { ...plugin, setup: () => faultyModel(random, () => now()) }
    const options = {
      account: BOT,
      model: 'm',
      say: { failed: 'Try later.' },
      limits: { account: 1000, total: 1_000_000 },
      loop: { turns: TURNS },
    }
    const tested = await testPlugin(replaced, { options })
    stopAfterTest(() => tested.close().catch(() => undefined))
    now = () => tested.clock.now()
    let key = 0
    tested.rest.answer('sendMsg', () => ({ MsgTime: 1, MsgKey: `sent-${++key}` }))

    for (let run = 0; run < RUNS; run++) {
      const other = random.pick(['person', 'client bot', 'chatbot', 'rest bot'])
      const from = other === 'chatbot' ? `@RBT#${run}` : `account-${run}`
      const query = { OptPlatform: other === 'rest bot' ? 'RESTAPI' : 'Android' }
      let answers = 0
      // A bot writes as soon as it has an answer. A person writes later, answer or none.
      for (let message = 0; message < 8; message++) {
        const hasAnswer = await answered(tested, from, query)
        if (hasAnswer) answers++
        if (other === 'person') expect(hasAnswer, `run ${run}, message ${message}`).to.equal(true)
        if (other !== 'person' && !hasAnswer) break
        await tested.clock.advance(other === 'person' ? 2000 + random.below(60_000) : random.below(1500))
      }
      const most = { person: 8, 'client bot': TURNS, chatbot: 0, 'rest bot': 0 }[other]
      expect(answers, `run ${run}: ${other}`).to.equal(most)
    }
  })
})
