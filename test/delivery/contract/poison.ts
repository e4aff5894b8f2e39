import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Bus } from '../../../core/observe/bus.ts'
import type { HandlerSpec } from '../../../core/registry.ts'
import { deferred } from '../../harness/plugin.ts'
import { done, type Handle } from '../engines/sqlite/run-sqlite.ts'

const PROCESS = fileURLToPath(new URL('./poison-process.js', import.meta.url))
/** More than it takes: one that goes on dying must not go on for ever. */
const RUNS = 20
const MINUTES = 60_000
const WAITS = [5 * MINUTES, 60 * MINUTES, 360 * MINUTES, 1440 * MINUTES]

interface PoisonRun {
  readonly bus: Bus
  readonly accept: (n: number, group?: string) => Promise<void>
  readonly stop: () => Promise<unknown>
  readonly die: () => Promise<void>
}

/** An engine whose store outlives its processes. */
export interface PoisonEngine {
  readonly name: 'sqlite' | 'redis'
  readonly newPlace: () => Promise<string>
  readonly run: (place: string, handlers: Record<string, Handle>, more?: Partial<HandlerSpec>) => Promise<PoisonRun>
  /** In how many milliseconds what waits will be due, and has it due now. */
  readonly makeDue: (place: string) => Promise<number[]>
}

const forever = (): Promise<void> => new Promise(() => undefined)

/** What becomes of callbacks over which processes die, in doubt at first, and suspects after that. */
export function itSurvivesPoison({ name, newPlace, run, makeDue }: PoisonEngine): void {
  /** Runs processes until one is not killed by a handler; gives what they tell. */
  const runProcesses = async (place: string, deadly: string, until: string): Promise<string[]> => {
    const lines: string[] = []
    for (let count = 0; count < RUNS; count++) {
      lines.push(...(await runProcess(name, place, '', deadly, until)))
      if (lines.includes(until)) return lines
    }
    return lines
  }
  /** Dies while the only callback that there is is under way. */
  const dieOverIt = async (place: string, accepts = false): Promise<void> => {
    const started = deferred()
    const handle = (): Promise<void> => {
      started.resolve()
      return forever()
    }
    const one = await run(place, { one: handle })
    if (accepts) await one.accept(1)
    await started.promise
    await one.die()
  }

  it('lets callbacks that kill the process wait, without their key, and delivers what is behind them', async () => {
    const place = await newPlace()
    await runProcess(name, place, '1,2,3,4', '', '')
    const lines = await runProcesses(place, '2,3', 'handled 4')
    const handled = lines.filter((line) => line.startsWith('handled'))
    expect([...new Set(handled)]).to.deep.equal([1, 2, 3, 4].map((n) => `handled ${n}`))
    expect(handled).to.deep.equal(handled.toSorted())
    // The first of four deaths named nobody; it did where a lease has run out before it on a busy machine.
    for (const n of [2, 3]) expect(handled.filter((line) => line === `handled ${n}`).length).to.be.within(3, 4)
    expect(lines.filter((line) => line.startsWith('waits'))).to.deep.equal(Array(2).fill(`waits 3 ${WAITS[0]}`))
  })

  it('tries poison again after 5 min, 1 h, 6 h and 24 h, and then it is a dead letter', async () => {
    const place = await newPlace()
    await dieOverIt(place, true)
    for (const [index, wait] of WAITS.entries()) {
      for (let crash = index === 0 ? 1 : 3; crash <= 3; crash++) await dieOverIt(place)
      const waiting = await run(place, { one: forever })
      const waits = { plugin: 'one', crashes: index + 3, retryMs: wait }
      expect(await waiting.bus.next('callback:suspect')).to.include(waits)
      await waiting.die()
      const [left = 0] = await makeDue(place)
      expect(left).to.be.within(wait - 5 * MINUTES, wait)
    }
    await dieOverIt(place)
    const last = await run(place, { one: forever })
    const { error } = await last.bus.next('callback:dead')
    expect(error).to.equal('poison: the process ended 7 times while it was handled')
  })

  it('makes no dead letter of a callback over which processes were killed, once its handler has returned', async () => {
    const place = await newPlace()
    await dieOverIt(place, true)
    for (let crash = 1; crash <= 3; crash++) await dieOverIt(place)
    const waiting = await run(place, { one: forever })
    expect(await waiting.bus.next('callback:suspect')).to.include({ crashes: 3, retryMs: WAITS[0], plugin: 'one' })
    await waiting.die()
    expect(await makeDue(place)).to.have.length(1)
    let calls = 0
    const fails = (): Promise<void> => {
      calls++
      return Promise.reject(new Error('not now'))
    }
    const last = await run(place, { one: fails }, { retry: { attempts: 9, minMs: 1e9, maxMs: 1e9 } })
    expect(await last.bus.next('handler:failed')).to.include({ attempt: 1 })
    expect(calls).to.equal(1)
    await last.stop()
    await makeDue(place)
    // A return ends the row: three more deaths, the first of which names nobody, are too few to make it wait.
    for (let crash = 0; crash < 3; crash++) await dieOverIt(place)
    const handled = await run(place, { one: () => undefined })
    expect(await handled.bus.next('handler:done')).to.include({ attempt: 2 })
  })

  it('runs suspects of all plugins one at a time however long each takes, and others next to them', async () => {
    const place = await newPlace()
    const started = deferred()
    let starts = 0
    const hang = (): Promise<void> => {
      if (++starts === 6) started.resolve()
      return forever()
    }
    const first = await run(place, { one: hang, two: hang })
    for (const n of [1, 2, 3]) await first.accept(n, `g${n}`)
    await started.promise
    await first.die()

    const running = new Set<string>()
    const ends: (() => void)[] = []
    const next = deferred()
    let onStart = next
    let most = 0
    const suspect = (plugin: string): Handle => {
      return async (n) => {
        if (n > 3) return
        running.add(`${plugin} ${n}`)
        most = Math.max(most, running.size)
        const end = deferred()
        ends.push(end.resolve)
        onStart.resolve()
        await end.promise
        running.delete(`${plugin} ${n}`)
      }
    }
    const second = await run(place, { one: suspect('one'), two: suspect('two') }, { pool: { concurrency: 1 } })
    const all = done(second.bus, 8)
    await next.promise
    // With one place in the pool, which waiting suspects leave to others.
    const others = second.bus.next('handler:done', ({ plugin }) => plugin !== [...running][0]?.split(' ')[0])
    await second.accept(4, 'g4')
    await others
    for (let turn = 1; turn <= 6; turn++) {
      onStart = deferred()
      const started = onStart.promise
      ends.shift()?.()
      if (turn < 6) await started
    }
    await all
    expect(most).to.equal(1)
  })
}

function runProcess(...args: string[]): Promise<string[]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROCESS, ...args], (_error, stdout) => resolve(stdout.split('\n').filter(Boolean)))
  })
}
