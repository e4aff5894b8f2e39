import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { toPublic } from '../../../plugins/archive/rows/row.ts'
import type { Received } from '../../../plugins/archive/callbacks/read-callback.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { randomRun } from './random-run.ts'
import { open, rowsOf } from './support.ts'

const WRITER = resolve('dist/test/plugins/archive/writer-process.js')
const IN_FLIGHT = 400
const CRASHES = 6

/** A process that runs the plugin, and what it has not confirmed yet. */
interface Writer {
  readonly child: ChildProcess
  readonly pending: Map<number, Received>
}

function startWriter(url: string, confirmed: () => void): Writer {
  const child = fork(WRITER, [url], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  stopAfterTest(async () => void child.kill('SIGKILL'))
  const pending = new Map<number, Received>()
  child.on('message', ({ done }: { done: number }) => {
    pending.delete(done)
    confirmed()
  })
  child.on('exit', confirmed)
  return { child, pending }
}

/** Hands all callbacks to the plugin; it is killed a few times on the way, and gets again what it has not confirmed. */
async function deliver(url: string, callbacks: readonly Received[], random: () => number): Promise<void> {
  const crashAt = new Set(Array.from({ length: CRASHES }, () => Math.floor(random() * callbacks.length)))
  let wake = (): void => undefined
  const confirmed = (): void => wake()
  let writer = startWriter(url, confirmed)
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) {
      if (writer.child.exitCode !== null) throw new Error(`the writer ended with ${writer.child.exitCode}`)
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  for (const [index, callback] of callbacks.entries()) {
    const { child, pending } = writer
    pending.set(index, callback)
    child.send({ index, callback })
    await until(() => writer.pending.size < IN_FLIGHT)
    if (!crashAt.has(index)) continue
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    writer = startWriter(url, confirmed)
    for (const [number, again] of pending) {
      writer.pending.set(number, again)
      writer.child.send({ index: number, callback: again })
    }
  }
  await until(() => writer.pending.size === 0)
  writer.child.kill('SIGKILL')
}

/** The archive after a run of chance is what was sent, edited, recalled and read, on every database. */
export function describeRandomRun(name: string, newUrl: () => Promise<string>, events: number): void {
  const seed = Number(process.env['ARCHIVE_SEED'] ?? 1)

  describe(`archive after a random run, ${name}`, () => {
    for (const onRecall of ['blank', 'mark'] as const) {
      it(`equals the model over repeats, disorder and SIGKILL, onRecall ${onRecall}, seed ${seed}`, async () => {
        const url = await newUrl()
        const { callbacks, expected, random } = randomRun(events, seed, onRecall)
        await deliver(`${url} ${onRecall}`, callbacks, random)
        const rows = (await rowsOf(await open(url))).filter(({ complete }) => complete === 1)
        const found = rows.map((row) => {
          const { text, from, msgSeq, msgKey, incarnation, cloudCustomData, extension, group } = toPublic(row)
          const { recalled_at, recalled_by, edited_at, read_at, read_count } = row
          const own = { text, from, msgSeq, msgKey, incarnation, cloudCustomData, extension, group }
          return { ...own, recalled_at, recalled_by, edited_at, read_at, read_count }
        })
        const key = (row: { group: unknown; incarnation: unknown; msgSeq: unknown; msgKey: unknown }): string =>
          JSON.stringify([row.group, row.incarnation, row.msgSeq, row.msgKey])
        const byKey = (a: Parameters<typeof key>[0], b: Parameters<typeof key>[0]): number => (key(a) < key(b) ? -1 : 1)
        expect(found.toSorted(byKey)).to.deep.equal(expected.toSorted(byKey))
      })
    }
  })
}
