import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { sql } from '#kysely'
import { RetryAfter } from '../../../core/plugin.ts'
import type { AnyFact } from '../../../plugins/archive/callbacks/fact.ts'
import { readCallback } from '../../../plugins/archive/callbacks/read-callback.ts'
import type { Failure } from '../../../plugins/archive/database/engine.ts'
import { applyFacts } from '../../../plugins/archive/write/apply.ts'
import { Batcher } from '../../../plugins/archive/write/batcher.ts'
import { deferred } from '../../harness/plugin.ts'
import { c2cMessage, groupMessage, open, rowsOf, sqliteUrl } from './support.ts'

interface Bench {
  readonly batcher: Batcher
  readonly lines: string[]
  readonly counts: string[]
  readonly stop: () => void
}

function bench(apply: (facts: readonly AnyFact[]) => Promise<void>, failureOf: (error: unknown) => Failure): Bench {
  const [lines, counts]: [string[], string[]] = [[], []]
  const stopping = new AbortController()
  const log = (...said: unknown[]): void => void lines.push(JSON.stringify(said))
  const batcher = new Batcher({
    apply,
    failureOf,
    count: (name, labels = {}, by = 1) => void counts.push([name, ...Object.values(labels), by].join(' ')),
    log: { warn: log, info: log },
    signal: stopping.signal,
  })
  return { batcher, lines, counts, stop: () => stopping.abort() }
}

const factsOf = (seq: number): readonly AnyFact[] => readCallback(groupMessage(seq, `text ${seq}`))
const seqsOf = (facts: readonly AnyFact[]): unknown[] => facts.map((fact) => 'target' in fact && fact.target.seq)

describe('batches of the archive', () => {
  it('put callbacks that arrive during a transaction into the next one, and confirm none before the commit', async () => {
    const first = deferred()
    const batches: unknown[][] = []
    const { batcher, counts } = bench(
      (facts) => {
        batches.push(seqsOf(facts))
        return batches.length === 1 ? first.promise : Promise.resolve()
      },
      () => 'data',
    )
    const done: number[] = []
    const add = (seq: number): Promise<void> => batcher.add(factsOf(seq), 10).then(() => void done.push(seq))
    const one = add(1)
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const others = [add(2), add(3)]
    expect([batches, done]).to.deep.equal([[[1]], []])
    first.resolve()
    await Promise.all([one, ...others])
    expect([batches, done]).to.deep.equal([
      [[1], [2, 3]],
      [1, 2, 3],
    ])
    expect(counts).to.deep.equal(['written message 1', 'transactions 1', 'written message 2', 'transactions 1'])
  })

  it('fail only the message that the database refuses, without its text', async () => {
    const { batcher, lines } = bench(
      async (facts) => {
        if (seqsOf(facts).includes(5)) throw Object.assign(new Error('invalid value "text 5"'), { code: '22P05' })
      },
      () => 'data',
    )
    const all = await Promise.allSettled(Array.from({ length: 9 }, (_, seq) => batcher.add(factsOf(seq), 10)))
    expect(all.map(({ status }) => status === 'fulfilled')).to.deep.equal([
      true,
      true,
      true,
      true,
      true,
      false,
      true,
      true,
      true,
    ])
    expect(all.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).to.deep.equal([
      'NotArchivedError: the database refuses this message (22P05)',
    ])
    expect(lines).to.deep.equal([])
  })

  it('are tried again at once after a conflict, and given back when the server stops', async () => {
    let tries = 0
    const { batcher, stop, lines } = bench(
      async () => {
        if (++tries < 3) throw Object.assign(new Error('deadlock'), { code: '40P01' })
        if (tries > 3) throw Object.assign(new Error('gone'), { code: '57P01' })
      },
      (error) => ((error as { code: string }).code === '40P01' ? 'conflict' : 'unavailable'),
    )
    await batcher.add(factsOf(1), 10)
    expect([tries, lines]).to.deep.equal([3, []])
    const left = batcher.add(factsOf(2), 10)
    stop()
    expect(String(await left.catch((error: unknown) => error))).to.include('the server stops')
    expect(String(await batcher.add(factsOf(3), 10).catch((error: unknown) => error))).to.include('the server stops')
  })

  it('hold the plugin while a disk is full, and what is under way does not ask again', async () => {
    const engine = await open(await sqliteUrl())
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(engine.db)
    await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(engine.db)
    const { batcher, lines, counts } = bench(
      (facts) => applyFacts(engine, facts, 'blank'),
      (error) => engine.failureOf(error),
    )
    const large = (): Promise<unknown> =>
      batcher.add(readCallback(c2cMessage(1, 'x'.repeat(200_000))), 10).catch((error: unknown) => error)
    const [first, second] = await Promise.all([large(), large()])
    for (const held of [first, second, await large()]) {
      expect(held).to.be.instanceOf(RetryAfter).and.to.include({ plugin: true })
    }
    expect(counts).to.deep.equal(Array.from({ length: 3 }, () => 'failures unavailable 1'))
    expect(await rowsOf(engine)).to.have.length(0)
    await sql.raw('pragma max_page_count = 1000000').execute(engine.db)
    for (let held = first; held instanceof RetryAfter; held = await large()) await delay(held.ms)
    expect(await rowsOf(engine)).to.have.length(1)
    expect(lines[0]).to.include('SQLITE_FULL').and.to.include('the archive cannot be written')
    expect(lines[1]).to.include('the archive is written again')
  })

  it('hold the plugin longer with each failed probe, after a single failure', async () => {
    let calls = 0
    const { batcher } = bench(
      async () => {
        calls++
        throw Object.assign(new Error('gone'), { code: '57P01' })
      },
      () => 'unavailable',
    )
    const waits: number[] = []
    for (let probe = 0; probe < 3; probe++) {
      const held: unknown = await batcher.add(factsOf(probe), 10).catch((error: unknown) => error)
      expect(held).to.be.instanceOf(RetryAfter)
      waits.push((held as RetryAfter).ms)
      await delay((held as RetryAfter).ms + 1)
    }
    expect(calls).to.equal(5)
    const [first = 0, second = 0, third = 0] = waits
    expect([first <= 1000, first < second * 2, second <= 2000, third > 1500, third <= 4000]).to.not.include(false)
  })
})
