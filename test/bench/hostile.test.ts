import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

const execute = promisify(execFile)
const run = (args: readonly string[]) => execute(process.execPath, ['dist/bench/hostile/run.js', ...args])

describe('the hostile benchmark', () => {
  it('ends after its seconds, and tells what good traffic noticed of an attack', async () => {
    const { stdout } = await run(['--seconds', '1', '--only', 'refused'])
    const lines = stdout.trim().split('\n')
    const rows = lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(rows.map(({ attack }) => attack)).to.deep.equal([
      'nothing',
      '4. bodies that are refused, as many as possible',
    ])
    for (const row of rows) {
      expect(row).to.include({ refused: 0 })
      const figures = ['good answers', 'p50 ms', 'p99 ms', 'idle MB', 'peak MB', 'log kB']
      expect(row).to.have.all.keys('attack', 'refused', ...figures)
    }
    expect(lines.at(-1)).to.match(/^(?:within|ABOVE) 250 ms/)
  })

  it('is bounded, and knows its attacks', async () => {
    for (const args of [
      ['--seconds', '0'],
      ['--seconds', '601'],
      ['--only', 'nonsense'],
    ]) {
      const failed = await run(args).catch((error: { code: number; stderr: string }) => error)
      expect(failed).to.include({ code: 2 })
      expect(failed.stderr).to.include('texts, bodies, idle, ahead, types, refused')
    }
  })
})
