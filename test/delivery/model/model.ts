import * as fc from 'fast-check'
import { faultsOf } from './checks.ts'
import type { ModelEngine } from './engine.ts'
import { play } from './play.ts'
import { type Scenario, scenarios } from './scenario.ts'

/** Runs of an engine: fewer where each waits in real time. */
const runsOf = ({ isVirtual }: ModelEngine): number => Number(process.env['MODEL_RUNS'] ?? (isVirtual ? 100 : 50))
/** Into how many tests they are divided at most, so that none takes long. */
const TESTS = 30
/** Runs at a time where waiting takes longer than anything else. */
const TOGETHER = 5
const FAULTS_SHOWN = 5

/** Plays scenarios of chance with an engine, and holds what its handlers were called with against what is promised. */
export function describeModel(engine: ModelEngine): void {
  const first = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000)
  const runs = runsOf(engine)
  const together = engine.isVirtual ? 1 : TOGETHER
  const tests = Math.min(TESTS, Math.ceil(runs / together))
  describe(`once and in order: the engine ${engine.name}`, () => {
    for (let test = 0; test < tests; test++) {
      const seed = first + test
      it(`keeps its promises through restarts, failures and replays (MODEL_SEED=${seed})`, async () => {
        const some = fc.array(scenarios(engine), { minLength: together, maxLength: together })
        const property = fc.asyncProperty(some, async (all) => {
          const faults = await Promise.all(all.map((scenario) => faultsIn(engine, scenario)))
          if (faults.flat().length > 0) throw new Error(faults.flat().join('\n'))
        })
        const numRuns = Math.ceil(runs / tests / together)
        const { failed, errorInstance } = await fc.check(property, { seed, numRuns, endOnFailure: true })
        if (failed) throw errorInstance
      })
    }
  })
}

async function faultsIn(engine: ModelEngine, scenario: Scenario): Promise<string[]> {
  const { record, rules } = await play(engine, scenario)
  const faults = faultsOf(record, rules).slice(0, FAULTS_SHOWN)
  return faults.length === 0 ? [] : [JSON.stringify(scenario), ...faults]
}
