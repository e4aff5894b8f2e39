import { writeSync } from 'node:fs'
import { deferred } from '../../harness/plugin.ts'
import { type Handle, runEngine } from '../engines/sqlite/run-sqlite.ts'
import { runRedis } from '../engines/redis/run-redis.ts'

/**
 * A process that some handlers kill. Arguments: engine; its file, or the address of its Redis; the numbers of the callbacks
 * of one group that it stores first, and of those whose handlers kill it, both with commas. Writes a line for each callback
 * that it begins to handle, that waits because processes died over it, and that is a dead letter. It is killed by the
 * line that it is told last, or else by a handler; `handled N` with N the last number stops it in order.
 */
const [engine, place = '', stored = '', deadly = '', until = ''] = process.argv.slice(2)

const over = deferred()

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

function tell(line: string): void {
  writeSync(1, `${line}\n`)
  if (line !== until) return
  if (line.startsWith('handled')) over.resolve()
  else die()
}

const numbers = (text: string): number[] => text.split(',').filter(Boolean).map(Number)

const handle: Handle = (n) => {
  tell(`handled ${n}`)
  if (numbers(deadly).includes(n)) die()
}

const pace = { leaseMs: 300, sweepMs: 100 }
// Else what it stores could be handled before all of it is stored.
const handlers = { one: stored === '' ? handle : (): Promise<void> => new Promise(() => undefined) }
const more = { ordered: true }
const run =
  engine === 'redis'
    ? await runRedis({ url: place }, handlers, { pace, ...more })
    : await runEngine(place, handlers, more)
run.bus.on('callback:suspect', ({ crashes, retryMs }) => tell(`waits ${crashes} ${retryMs}`))
run.bus.on('callback:dead', ({ error }) => tell(`dead ${error}`))
if (stored !== '') {
  for (const n of numbers(stored)) await run.accept(n)
  die()
}
await over.promise
await run.stop()
