import { expect } from 'chai'
import type { SqliteClient } from '../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import type { Arg, Result } from '../../../../core/delivery/engines/sqlite/worker/messages.ts'
import { Retries } from '../../../../core/delivery/engines/sqlite/consume/retries.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { deferred } from '../../../harness/plugin.ts'

type Done = (error: Error | undefined, result: Result<'due'> | undefined) => void
interface Read {
  readonly arg: Arg<'due'>
  readonly done: Done
}

/** Retries over a file whose answers the test gives. `nextRead` resolves with the next time that they ask. */
function retriesOf(): { retries: Retries; nextRead: () => Promise<Read> } {
  let read = deferred<Read>()
  const nextRead = async (): Promise<Read> => {
    const asked = await read.promise
    read = deferred<Read>()
    return asked
  }
  const send = (_name: 'due', arg: Arg<'due'>, done: Done): void => read.resolve({ arg, done })
  const client = { send } as unknown as SqliteClient
  const never = (): boolean => false
  const room = (): number => 1
  const retries = new Retries({
    plugin: 'one',
    client,
    longestMs: 1000,
    isSuspect: never,
    room,
    onDue: () => undefined,
  })
  stopAfterTest(async () => retries.close())
  return { retries, nextRead }
}

/** Timers of the shortest time fire in the order in which they were set: one that was set before has fired by then. */
const afterTimers = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1))

describe('retries that wait in the file', () => {
  const answers: readonly { readonly name: string; readonly give: (done: Done) => void }[] = [
    { name: 'finds nothing', give: (done) => done(undefined, { rows: [], next: undefined }) },
    { name: 'finds the same one', give: (done) => done(undefined, { rows: [], next: Date.now() }) },
    { name: 'fails', give: (done) => done(new Error('busy'), undefined) },
  ]
  for (const { name, give } of answers) {
    it(`are read when they are due, though that was during a read that ${name}`, async () => {
      const { retries, nextRead } = retriesOf()
      retries.wake(0)
      const first = await nextRead()
      const dueAt = Date.now()
      retries.wake(dueAt)
      await afterTimers()
      give(first.done)
      const { arg } = await nextRead()
      expect(arg.now).to.be.at.least(dueAt)
    })
  }
})
