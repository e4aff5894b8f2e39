import { statSync } from 'node:fs'
import { expect } from 'chai'
import { startRetention } from '../../../../core/delivery/engines/sqlite/upkeep/retention.ts'
import { eventsOf } from '../../../harness/server.ts'
import { done, newFile, recovered, runEngine } from './run-sqlite.ts'
import { forever, look } from './tick-batches.ts'

describe('the sqlite engine', () => {
  it('refuses callbacks while the disk is full, and takes them again by itself, the refused one too', async () => {
    const { client, accept, delivery } = await runEngine(await newFile(), { one: () => undefined })
    await accept(1)
    await client.request('limitPages', { pages: 1 })
    let refused: unknown
    let n = 2
    for (; refused === undefined; n++) refused = await accept(n, 'x'.repeat(4000)).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'STORE_UNUSABLE' })
    // The thread is not asked any more.
    const next: unknown = await accept(n, 'y').catch((error: unknown) => error)
    expect(next).to.have.property('message', 'the disk of the store is full')
    await client.request('limitPages', { pages: 1_000_000 })
    await recovered(delivery)
    await accept(n - 1, 'x'.repeat(4000))
  })

  it('stores those that find room, where one that came with them does not', async () => {
    const file = await newFile()
    const { client, accept, delivery, bus } = await runEngine(file, { one: () => undefined })
    await accept(1)
    await client.request('limitPages', { pages: look(file).number('PRAGMA page_count') + 8 })
    const two = done(bus, 2)
    const ends = await Promise.allSettled([accept(2), accept(3, 'x'.repeat(100_000)), accept(4)])
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
    await two
    await client.request('limitPages', { pages: 1_000_000 })
    await recovered(delivery)
    await accept(3, 'x'.repeat(100_000))
  })

  for (const deletes of [true, false])
    it(`moves its log to the file while the disk is full, ${deletes ? 'for that alone makes the file smaller' : 'also where nothing can be deleted'}`, async () => {
      const file = await newFile()
      const { client, accept, delivery } = await runEngine(file, { one: forever })
      const request = client.request.bind(client)
      client.request = (name, arg) =>
        name === 'retain' && !deletes ? Promise.reject(new Error('full')) : request(name, arg)
      const before = statSync(file).size
      await client.request('limitPages', { pages: look(file).number('PRAGMA page_count') + 4 })
      for (let n = 1, stored = true; stored; n++) {
        stored = await accept(n, 'x'.repeat(4000)).then(
          () => true,
          () => false,
        )
      }
      await client.request('limitPages', { pages: 1_000_000 })
      await recovered(delivery)
      expect(statSync(file).size).to.be.above(before)
    })

  it('makes dead letters of the oldest beyond maxBacklog', async () => {
    const more = { maxBacklog: 200, pool: { concurrency: 1 } }
    const { bus, accept } = await runEngine(await newFile(), { one: forever }, more)
    const dead = eventsOf(bus, 'callback:dead')
    for (let n = 0; n < 250; n++) await accept(n, `g${n}`)
    await new Promise(setImmediate)
    expect(dead).to.have.length(50)
    expect(dead[0]?.error).to.contain('maxBacklog')
  })

  it('keeps other keys going while one has a long queue', async () => {
    const seen: number[] = []
    const { bus, accept } = await runEngine(await newFile(), {
      one: (n) => (n < 1000 ? forever() : void seen.push(n)),
    })
    for (let n = 0; n < 400; n++) await accept(n, 'hot')
    const handled = done(bus, 1)
    await accept(1000, 'other')
    await handled
    expect(seen).to.deep.equal([1000])
  })

  it('keeps the order of a key with a long queue, whatever comes while that gets shorter', async () => {
    const seen: number[] = []
    const ends: (() => void)[] = []
    const { bus, accept } = await runEngine(await newFile(), {
      one: async (n) => {
        seen.push(n)
        if (n < 40) await new Promise<void>((resolve) => ends.push(resolve))
      },
    })
    for (let n = 0; n < 30; n++) await accept(n, 'hot')
    // As many as are handed over at a time, and a few of the next ones: these are under way, and others wait in the file.
    for (let ended = 0; ended < 20; ended++) {
      while (ends.length === 0) await new Promise(setImmediate)
      ends.shift()?.()
    }
    for (let n = 30; n < 60; n++) await accept(n, 'hot')
    const rest = done(bus, 40)
    for (let ended = 20; ended < 40; ended++) {
      while (ends.length === 0) await new Promise(setImmediate)
      ends.shift()?.()
    }
    await rest
    expect(seen).to.deep.equal(Array.from({ length: 60 }, (_, n) => n))
  })

  it('deletes finished callbacks, oldest first, and never unfinished ones', async () => {
    const file = await newFile()
    const hasNoRoom = async (): Promise<boolean> => false
    const { bus, client, accept, stop } = await runEngine(file, { one: (n) => (n === 3 ? forever() : undefined) })
    const handled = done(bus, 4)
    for (let n = 1; n <= 5; n++) await accept(n, `g${n}`)
    await handled
    const kept = startRetention(client, file, { age: 1e9, size: 1e12, deadLetters: 1e9 }, { hasRoom: hasNoRoom })
    // What is done is written a moment later.
    let deleted = 0
    while (deleted < 2) deleted += await kept.sweep()
    expect([deleted, await kept.sweep()]).to.deep.equal([2, 0])
    kept.stop()
    expect(await stop()).to.deep.equal({ undelivered: 1 })
  })
})
