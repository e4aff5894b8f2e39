import { expect } from 'chai'
import * as fc from 'fast-check'
import { faultsOf } from './checks.ts'
import type { ModelEngine } from './engine.ts'
import { play } from './play.ts'
import { scenarios } from './scenario.ts'

/** Runs of an engine, and into how many tests they are divided, so that none takes long. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 300)
const TESTS = 10
const FAULTS_SHOWN = 5

/** Plays scenarios of chance with an engine, and holds what its handlers were called with against what is promised. */
export function describeModel(engine: ModelEngine): void {
  const first = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000)
  describe(`once and in order: the engine ${engine.name}`, () => {
    for (let test = 0; test < TESTS; test++) {
      const seed = first + test
      it(`keeps its promises through restarts, failures and replays (MODEL_SEED=${seed})`, async () => {
        const property = fc.asyncProperty(scenarios(engine.limits, engine.most), async (scenario) => {
          const { history, rules } = await play(engine, scenario)
          expect(faultsOf(history, rules).slice(0, FAULTS_SHOWN)).to.deep.equal([])
        })
        await fc.assert(property, { seed, numRuns: Math.ceil(RUNS / TESTS), endOnFailure: true })
      })
    }
  })
}
