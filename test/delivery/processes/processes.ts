import { expect } from 'chai'
import * as fc from 'fast-check'
import { crash, type CrashPlan } from '../../harness/crash/crash.ts'
import { brokenBy } from '../../harness/crash/rules.ts'

/** How many runs an engine gets, and the seed of the first: `PROCESS_RUNS` and `PROCESS_SEED`. */
const RUNS = Number(process.env['PROCESS_RUNS'] ?? 6)
const SEED = Number(process.env['PROCESS_SEED'] ?? 1)

const round = fc.record({
  callbacks: fc.integer({ min: 100, max: 400 }),
  signal: fc.constantFrom('SIGKILL' as const, 'SIGTERM' as const),
  at: fc.double({ min: 0.2, max: 1, noNaN: true }),
})
const plan = fc
  .record({
    rounds: fc.array(round, { minLength: 2, maxLength: 3 }),
    /** Milliseconds that a handler takes, in crowded groups and in others. */
    crowdedMs: fc.integer({ min: 2, max: 25 }),
    otherMs: fc.integer({ min: 0, max: 4 }),
    /** Every so many callbacks fail, at most so often. */
    failing: fc.integer({ min: 1, max: 6 }),
    fails: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ rounds, crowdedMs, otherMs, failing, fails }): Omit<CrashPlan, 'engine'> => {
    const failsOf = (n: number): number => (n % failing === 0 ? 1 + (n % fails) : 0)
    return { rounds, deedsOf: (n, isCrowded) => ({ Ms: isCrowded ? crowdedMs : otherMs, Fails: failsOf(n) }) }
  })

/** Runs real servers that are killed and stopped under load, and holds the record of their handlers against the promises. */
export function itKeepsPromisesInProcesses(engine: CrashPlan['engine']): void {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    it(`loses nothing, repeats nothing without a reason and keeps the order over SIGKILL and SIGTERM: seed ${seed}`, async () => {
      const [sampled] = fc.sample(plan, { seed, numRuns: 1 })
      if (!sampled) throw new Error('no plan')
      expect(brokenBy(await crash({ ...sampled, engine }))).to.deep.equal({})
    })
  }
}
