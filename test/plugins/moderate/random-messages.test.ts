import { expect } from 'chai'
import { ManualClock } from '../../../core/lib/clock.ts'
import { type Random, randomOf } from '../../../core/sample/random.ts'
import { testPlugin } from '../../../core/testing.ts'
import plugin from '../../../plugins/moderate/index.ts'
import { createModerator } from '../../../plugins/moderate/moderator.ts'
import { type Opinion, type Service, ServiceError } from '../../../plugins/moderate/services/service.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { GROUP, text } from './support.ts'

/** MODERATE_RUNS=10000 npx mocha --grep 'random conversations' */
const RUNS = Number(process.env['MODERATE_RUNS'] ?? 200)
const TIMEOUT_MS = 800
const STRICT = 1400000001
const LENIENT = 1400000002
const TEXTS = ['pass', 'review this', 'block this', 'pass too', 'block that'] as const

/** A service with faults of chance: late, never, an error, an error of a kind that nobody expects. */
function faultyService(random: Random, clock: ManualClock): Service {
  const judge = (content: string): Opinion => {
    if (content.startsWith('block')) return { level: 'block' }
    return { level: content.startsWith('review') ? 'review' : 'pass' }
  }
  return {
    kinds: ['text'],
    ask({ content }, signal) {
      const fate = random.below(7)
      const opinion = judge(content)
      if (fate === 0) throw new TypeError('a mistake')
      if (fate === 1) return Promise.reject(new ServiceError('unreachable', 'down'))
      if (fate === 2) return new Promise(() => undefined)
      if (fate === 3)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
      if (fate === 4) return Promise.resolve(opinion)
      return new Promise((resolve) => clock.setTimeout(() => resolve(opinion), random.below(2 * TIMEOUT_MS)))
    },
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('moderate: random conversations', () => {
  it(`leave no message undecided past its deadline, and break no policy (${RUNS})`, async () => {
    const clock = new ManualClock()
    const random = randomOf(Number(process.env['MODERATE_SEED'] ?? 1), 1)
    const service = faultyService(random, clock)
    const replaced = {
      ...plugin,
      setup: (context: Parameters<typeof createModerator>[0]) => createModerator(context, { service, clock }),
    }
    const apps = [STRICT, LENIENT].map((sdkAppId) => ({ sdkAppId, unsigned: true as const }))
    const options = {
      openai: {},
      timeoutMs: TIMEOUT_MS,
      onFailure: 'allow',
      apps: { [STRICT]: { onFailure: 'reject' } },
      cache: { entries: 3, ttl: '5s' },
      perMinute: 100,
    }
    const tested = await testPlugin(replaced, { options, apps })
    stopAfterTest(() => tested.close())

    let decided = 0
    for (let run = 0; run < RUNS; run++) {
      const messages = Array.from({ length: 1 + random.below(4) }, () => ({
        said: random.pick(TEXTS),
        app: random.pick([STRICT, LENIENT]),
      }))
      let open = messages.length
      const verdicts = messages.map(async ({ said, app }) => {
        const verdict = await tested.before(GROUP, text(said), { app })
        open--
        return { said, app, ...verdict }
      })
      await turn()
      await clock.advance(TIMEOUT_MS, turn)
      await tested.clock.advance(TIMEOUT_MS)
      await turn()
      expect(open, `run ${run}`).to.equal(0)
      for (const { said, app, outcome, failed } of await Promise.all(verdicts)) {
        decided++
        expect(failed, said).to.equal(false)
        // Whatever the service does, nothing that it blocks passes in the strict app, and the lenient one loses nothing else.
        if (said.startsWith('block') && app === STRICT) expect(outcome, said).to.equal('reject')
        if (!said.startsWith('block') && app === LENIENT) expect(outcome, said).to.equal('allow')
      }
      await clock.advance(random.below(10_000), () => Promise.resolve())
    }
    const counted = tested.counts('answers').map(({ labels }) => labels['result'])
    expect(counted).to.include.members(['pass', 'review', 'block', 'timeout', 'unreachable', 'answer'])
    expect(decided).to.be.at.least(RUNS)
  })
})
