import { expect } from 'chai'
import { deferred, entry, full, FULL } from '../../../harness/plugin.ts'
import { serve } from '../../../harness/server.ts'
import { counted } from '../../contract/counted.ts'
import { done, newFile, runEngine } from './run-sqlite.ts'

const CREATED = 'Group.CallbackAfterCreateGroup'
const forever = (): Promise<void> => new Promise(() => undefined)

describe('a stop of the sqlite engine', () => {
  it('starts no further handler, and counts no attempt that it interrupts', async () => {
    const file = await newFile()
    const started = deferred()
    const fail = deferred()
    const seen: number[] = []
    const more = { pool: { concurrency: 1 } }
    const first = await runEngine(
      file,
      {
        one: async (n) => {
          seen.push(n)
          started.resolve()
          await fail.promise
          throw new Error('interrupted')
        },
      },
      more,
    )
    for (let n = 1; n <= 3; n++) await first.accept(n, `g${n}`)
    await started.promise
    const stopped = first.stop()
    fail.resolve()
    expect(await stopped).to.deep.equal({ undelivered: 3 })
    expect(seen).to.deep.equal([1])
    const attempts: number[] = []
    const second = await runEngine(file, { one: (_n, attempt) => void attempts.push(attempt) })
    await done(second.bus, 3)
    expect(attempts).to.deep.equal([1, 1, 1])
  })

  it('counts what is left, also after another start, which delivers nothing twice', async () => {
    const file = await newFile()
    for (let start = 1; start <= 2; start++) {
      const seen: number[] = []
      const started = deferred()
      const handle = (n: number): Promise<void> | undefined => {
        seen.push(n)
        if (n !== 1) return undefined
        started.resolve()
        return forever()
      }
      const run = await runEngine(file, { one: handle })
      const handled = done(run.bus, 2)
      if (start === 1) for (let n = 1; n <= 3; n++) await run.accept(n, `g${n}`)
      if (start === 1) await handled
      await started.promise
      expect(await run.stop()).to.deep.equal({ undelivered: 1 })
      expect(seen).to.deep.equal(start === 1 ? [1, 2, 3] : [1])
    }
  })

  it('fires no signal of a handler that is done', async () => {
    const kept: AbortSignal[] = []
    const { post, bus, server } = await serve({
      plugins: [entry('one', { [FULL]: async ({ signal }) => void kept.push(signal) })],
    })
    const handled = counted(bus, 1)
    await post(FULL, full())
    await handled
    await server.stop({ drainMs: 0, graceMs: 0 })
    expect(kept.map(({ aborted }) => aborted)).to.deep.equal([false])
  })
})

describe('handlers of their own concurrency', () => {
  it('take turns within a group', async () => {
    const release = deferred()
    const seen: string[] = []
    const { post, bus } = await serve({
      plugins: [
        entry('one', {
          [FULL]: { concurrency: 1, handle: () => release.promise },
          [CREATED]: { concurrency: 1, handle: async () => void seen.push('created') },
        }),
      ],
    })
    const both = counted(bus, 2)
    await post(FULL, full({ GroupId: 'a' }))
    await post(CREATED, { GroupId: 'a' })
    release.resolve()
    await both
    expect(seen).to.deep.equal(['created'])
  })
})
