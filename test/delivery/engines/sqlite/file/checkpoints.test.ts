import { existsSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { startCheckpoints } from '../../../../../core/delivery/engines/sqlite/upkeep/checkpoints.ts'
import { newFile, type Run, runEngine } from '../run-sqlite.ts'

const MB = 2 ** 20

/** Stores so many bytes, in callbacks of 100 kB. */
async function store(run: Run, bytes: number): Promise<void> {
  for (let n = 0; n < bytes / 100_000; n++) await run.accept(Math.random(), 'x'.repeat(50_000))
}

/** Waits until the file itself, without its log, has grown to a size. */
async function grown(file: string, bytes: number): Promise<void> {
  while (statSync(file).size < bytes) await delay(5)
}

describe('the log of the sqlite engine', () => {
  it('is moved to the file while the server runs, and begins anew before it is long', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    for (let round = 1; round <= 10; round++) {
      await store(run, 3 * MB)
      await grown(file, round * 2 * MB)
    }
    expect(statSync(`${file}-wal`).size).to.be.below(15 * MB)
    await run.stop()
    expect(existsSync(`${file}-wal`)).to.equal(false)
  })

  it('is moved by who writes it where the thread for it has failed', async () => {
    const checkpoints = startCheckpoints({ send: () => undefined }, '/none/none.db')
    for (let n = 0; n < 3; n++) {
      checkpoints.posted(10 * MB)
      await delay(50)
    }
    await checkpoints.close()
    await checkpoints.close()
  })
})
