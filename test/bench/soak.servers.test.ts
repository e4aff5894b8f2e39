import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import type { SoakFigures } from '../../bench/soak/soak.ts'

const execute = promisify(execFile)
const run = (args: readonly string[]) => execute(process.execPath, ['dist/bench/soak/run.js', ...args])

const RATE = 100
const PLUGINS = 4

describe('the soak', () => {
  it('loses nothing and repeats little over restarts, SIGKILL, reloads and a store that is away', async () => {
    const { stdout } = await run(['--seconds', '30', '--rate', `${RATE}`, '--json'])
    const figures = JSON.parse(stdout) as SoakFigures
    expect(figures).to.deep.include({
      lost: 0,
      unexplained: 0,
      examples: [],
      done: { restart: 1, kill: 2, reload: 5, refusedReload: 2, outage: 3 },
      commands: commands.size,
    })
    expect(figures.acknowledged).to.be.greaterThan(commands.size)
    expect(figures.resent).to.be.greaterThan(0)
    // What a killed process had not stored yet of what it did in its last second.
    expect(figures.repeats).to.be.below(figures.done.kill * RATE * PLUGINS)
    expect(figures.quarters).to.have.length(4)
    // On a busy machine a quarter may have no reading of its own.
    const read = figures.quarters.filter(({ readings }) => readings > 0)
    expect(read).not.to.have.length(0)
    for (const { rssMb, storeMb } of read) {
      expect(rssMb[0]).to.be.greaterThan(0)
      expect(storeMb).to.be.greaterThan(0)
    }
  })

  it('is bounded, and knows its engines', async () => {
    for (const args of [
      ['--seconds', '9'],
      ['--minutes', 'many'],
      ['--engine', 'memory'],
    ]) {
      const failed = await run(args).catch((error: { code: number; stderr: string }) => error)
      expect(failed).to.include({ code: 2 })
      expect(failed.stderr).to.include('sqlite or redis or postgres')
    }
  })
})
