import { expect } from 'chai'
import { eventText } from '../../../../core/cli/output/events-format.ts'
import { openSqliteHistory } from '../../../../core/delivery/engines/sqlite/history/history.ts'
import { startRetention } from '../../../../core/delivery/engines/sqlite/upkeep/retention.ts'
import type { Entry } from '../../../../core/delivery/history.ts'
import { unfitFor } from '../../../../core/delivery/replayable.ts'
import { describeEvent } from '../../../../core/admin/history/describe-event.ts'
import { RetryAfter } from '../../../../core/plugin-api/outcome-errors.ts'
import { answered } from '../../contract/histories.ts'
import { done, newFile, type Run, runEngine } from './run-sqlite.ts'

const RETENTION = { age: 1e9, size: 1e15, deadLetters: 1e9 }

async function sweep({ client }: Run, file: string, bodies: 'kept' | 'finished'): Promise<void> {
  const sweeper = startRetention(client, file, { ...RETENTION, bodies }, { hasRoom: async () => true })
  await sweeper.sweep()
  sweeper.stop()
}

async function listed(file: string): Promise<Entry[]> {
  const history = openSqliteHistory(file)
  const { entries } = await history.forward({ limit: 100, bodies: true })
  await history.close()
  return entries
}

/** Whether each callback still has its body. */
async function whole(file: string): Promise<boolean[]> {
  return (await listed(file)).map(({ body }) => body?.raw !== '')
}

/** Two that are done, one that is dead, one that is tried again later, one under way, and one that is done beyond it. */
async function withAllKinds(): Promise<{ run: Run; file: string }> {
  const file = await newFile()
  const handle = (n: number): unknown => {
    if (n === 3) throw new Error('broken')
    if (n === 4) throw new RetryAfter(1e6, 'later')
    return n === 5 ? new Promise(() => undefined) : undefined
  }
  const run = await runEngine(file, { one: handle }, { retry: { attempts: 1, minMs: 1, maxMs: 1 } })
  const settled = done(run.bus, 3)
  for (let n = 1; n <= 6; n++) await run.accept(n, `g${n}`)
  await settled
  return { run, file }
}

describe('retention.bodies of the engine sqlite', () => {
  it('finished: takes bodies once every plugin is done, and leaves those that wait or are dead letters', async () => {
    const { run, file } = await withAllKinds()
    await sweep(run, file, 'kept')
    expect(await whole(file), 'kept').to.deep.equal([true, true, true, true, true, true])
    await run.stop()
    const again = await runEngine(file, { one: () => new Promise(() => undefined) })
    await sweep(again, file, 'finished')
    const states = (await listed(file)).map(({ plugins }) => plugins[0]?.outcome)
    const bodies = await whole(file)
    expect(bodies.slice(0, 2)).to.deep.equal([false, false])
    for (const [n, state] of states.entries())
      if (state !== 'done') expect(bodies[n], `${n + 1} ${state}`).to.equal(true)
    expect(states).to.deep.equal(['done', 'done', 'dead', 'waiting', 'waiting', 'done'])
  })

  it('finished: is said by events, the page and replay, and resends are still known', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: () => undefined })
    const settled = done(run.bus, 2)
    for (let n = 1; n <= 2; n++) await run.accept(n)
    await settled
    await run.stop()
    const again = await runEngine(file, { one: () => undefined })
    await sweep(again, file, 'finished')
    const [first] = await listed(file)
    if (!first) throw new Error('nothing is listed')
    expect(eventText(first)).to.contain('(the body is gone)')
    expect(unfitFor(first)).to.match(/^the body of \w+ is gone/)
    expect(describeEvent(first, [], { holds: {}, withBody: true })).to.include({ bodyGone: true, bytes: 0 })
    const history = openSqliteHistory(file)
    const result = await answered(history, { kind: 'replay', plugin: 'one', refs: [first.ref] })
    await history.close()
    expect(result).to.include({ count: 0, gone: 1 })
    const resent = again.bus.next('callback:resent')
    await again.accept(1)
    await resent
    expect(await listed(file)).to.have.length(2)
  })
})
