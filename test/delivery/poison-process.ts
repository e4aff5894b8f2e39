import { writeSync } from 'node:fs'
import { deferred } from '../harness/plugin.ts'
import { type Handle, runEngine } from './engines.ts'
import { runRedis } from './redis-engines.ts'

/**
 * A process that the handlers of callbacks 2 and 3 kill. Arguments: engine; its file, or the address of its Redis; in the first
 * one `first`: it stores 1 to 4 of one group, and dies while 1 is handled. Writes the number of each callback that
 * it begins to handle, and ends once 4 is.
 */
const [engine, place = '', round] = process.argv.slice(2)

const over = deferred()

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

const handle: Handle = (n) => {
  if (round === 'first') return new Promise(() => undefined)
  writeSync(1, `${n}\n`)
  if (n === 2 || n === 3) die()
  if (n === 4) over.resolve()
  return undefined
}

const pace = { leaseMs: 300, sweepMs: 100, removedAfterMs: 60_000 }
const run =
  engine === 'redis'
    ? await runRedis({ url: place }, { one: handle }, { pace })
    : await runEngine(place, { one: handle })
if (round === 'first') {
  for (const n of [1, 2, 3, 4]) await run.accept(n)
  die()
}
await over.promise
await run.stop()
