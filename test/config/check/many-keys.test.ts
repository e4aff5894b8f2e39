import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import { processorTime } from '../../harness/processor-time.ts'
import { lines, MINIMAL, read } from '../support.ts'

const app = { sdkAppId: 5, unsigned: true }
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n.toString(36)}`)

describe('config: 100,000 unknown keys', () => {
  const asObject = (count: number): string[] =>
    lines(checkConfig({ apps: [app], server: Object.fromEntries(names(count).map((name) => [name, 1])) }, { env: {} }))
  const asYaml = async (count: number): Promise<string[]> =>
    lines(
      await read(
        MINIMAL +
          names(count)
            .map((name) => `${name}: 1\n`)
            .join(''),
      ),
    )

  for (const [what, check] of [
    ['an object', asObject],
    ['YAML', asYaml],
  ] as const) {
    it(`are told in time that grows as their number does, with what was meant for the first 20 (${what})`, async () => {
      const few = await processorTime(() => check(10_000), 2)
      let faults: string[] = []
      const many = await processorTime(async () => (faults = await check(100_000)))
      expect(faults).to.have.length(100_000)
      expect(faults.filter((line) => /did you mean|expected one of/.test(line))).to.have.length(20)
      // Ten times as many: a hundred times as long, were each compared with all others.
      expect(many / few).to.be.below(30)
    })
  }
})
