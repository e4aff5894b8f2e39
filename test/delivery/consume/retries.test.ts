import { expect } from 'chai'
import { systemClock } from '../../../core/lib/clock.ts'
import type { DuePage } from '../../../core/delivery/callback-log.ts'
import { Retries } from '../../../core/delivery/consume/retries.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { deferred } from '../../harness/plugin.ts'

interface Read {
  readonly at: number
  readonly answer: (page: DuePage | Error) => void
}

/** Retries over a log whose answers the test gives. `nextRead` resolves with the next time that they ask. */
function retriesOf(): { retries: Retries; nextRead: () => Promise<Read> } {
  let read = deferred<Read>()
  const nextRead = async (): Promise<Read> => {
    const asked = await read.promise
    read = deferred<Read>()
    return asked
  }
  const readDue = (): Promise<DuePage> =>
    new Promise((resolve, reject) => {
      const answer = (page: DuePage | Error): void => (page instanceof Error ? reject(page) : resolve(page))
      read.resolve({ at: Date.now(), answer })
    })
  const retries = new Retries({
    clock: systemClock,
    now: () => Date.now(),
    readDue,
    longestMs: () => 1000,
    room: () => 1,
    onDue: () => undefined,
  })
  stopAfterTest(async () => retries.close())
  return { retries, nextRead }
}

/** Timers of the shortest time fire in the order in which they were set: one that was set before has fired by then. */
const afterTimers = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1))

describe('retries that are pending in the log', () => {
  const answers: readonly { readonly name: string; readonly give: () => DuePage | Error }[] = [
    { name: 'finds nothing', give: () => ({ rows: [], next: undefined }) },
    { name: 'finds the same one', give: () => ({ rows: [], next: Date.now() }) },
    { name: 'fails', give: () => new Error('busy') },
  ]
  for (const { name, give } of answers) {
    it(`are read when they are due, though that was during a read that ${name}`, async () => {
      const { retries, nextRead } = retriesOf()
      retries.wake(0)
      const first = await nextRead()
      const dueAt = Date.now()
      retries.wake(dueAt)
      await afterTimers()
      first.answer(give())
      const { at } = await nextRead()
      expect(at).to.be.at.least(dueAt)
    })
  }
})
