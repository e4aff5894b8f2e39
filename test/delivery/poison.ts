import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const PROCESS = fileURLToPath(new URL('./poison-process.js', import.meta.url))
/** Two more than it takes: one that goes on dying must not go on for ever. */
const RUNS = 10

interface Died {
  readonly signal: NodeJS.Signals | undefined
  readonly handled: readonly number[]
}

function runProcess(...args: string[]): Promise<Died> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROCESS, ...args], (error, stdout) => {
      resolve({ signal: error?.signal, handled: stdout.split('\n').filter(Boolean).map(Number) })
    })
  })
}

/** What becomes of callbacks that kill whoever handles them, behind others of their key. Long enough for a file of its own. */
export function itSurvivesPoison(engine: 'sqlite' | 'redis', placeOf: () => Promise<string>): void {
  it('makes dead letters of what kills the process at once, and of nothing before it in its key', async () => {
    const place = await placeOf()
    await runProcess(engine, place, 'first')
    const handled: number[] = []
    for (let run = 2; run <= RUNS; run++) {
      const died = await runProcess(engine, place, '')
      handled.push(...died.handled)
      if (died.signal === undefined) break
    }
    expect(handled).to.deep.equal([1, 2, 2, 2, 3, 3, 3, 4])
  })
}
