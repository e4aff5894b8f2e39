import { expect } from 'chai'
import { Bus } from '../../core/observe/bus.ts'
import { createLogger } from '../../core/observe/log.ts'
import { logEvents } from '../../core/observe/log-events.ts'
import { Throttle } from '../../core/observe/throttle.ts'
import { openConnection, requestText } from '../harness/connection.ts'
import { BEFORE, entry, FULL } from '../harness/plugin.ts'
import { serve, UNSIGNED_APP } from '../harness/server.ts'

type Line = Record<string, unknown> & { msg: string; error?: { stack?: string; name: string } }

const parsed = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line)
const about = { id: 'id', sdkAppId: 1, command: FULL, attempt: 1 }

function logged(tell: (bus: Bus) => void): Line[] {
  const lines: string[] = []
  const bus = new Bus()
  logEvents(bus, createLogger({ destination: { write: (line) => void lines.push(line) } }))
  tell(bus)
  return parsed(lines)
}

/** Errors of one place of the code. */
const broken = (message: string): Error => new Error(message)

describe('what goes wrong again and again', () => {
  it('is one line for each kind, plugin and reason, with the stack, then counts', () => {
    const error = { name: 'Error', message: 'm', stack: '    at handle (a.js:1:1)\n    at call (b.js:2:2)' }
    const lines = logged((bus) => {
      for (let n = 0; n < 1000; n++) {
        for (const plugin of ['a', 'b']) {
          bus.emit('handler:failed', { ...about, plugin, reason: 'threw', error: { ...error, message: `m${n}` } })
          bus.emit('handler:failed', { ...about, plugin, reason: 'timeout' })
        }
        bus.emit('delivery:failed', { ...about, error: broken(`disk ${n}`) })
        bus.emit('callback:dead', { ...about, plugin: 'a', error: `threw in attempt 12: ${n}` })
        bus.emit('callback:rejected', { status: 400, reason: `MsgBody[${n}]: expected object (and ${n} more)` })
        bus.emit('server:failed', { error: broken(`stray ${n}`), stray: true })
      }
      bus.emit('server:closed', { undelivered: 0, stored: false })
    })
    const first = lines.slice(0, 8)
    expect(
      first.map(({ msg, plugin = '', reason = '' }) => `${msg} ${String(plugin)} ${String(reason)}`),
    ).to.have.members([
      'handler failed a threw',
      'handler failed b threw',
      'handler failed a timeout',
      'handler failed b timeout',
      'not stored  ',
      'dead letter: not delivered, and not tried again a ',
      'refused  MsgBody[0]: expected object (and 0 more)',
      'internal error  ',
    ])
    expect(first.filter((line) => line.error?.stack !== undefined)).to.have.length(4)
    const counts = lines.slice(8, -1)
    expect(counts.map(({ more }) => more)).to.deep.equal(Array.from({ length: 8 }, () => 998))
    // A stack is written once a minute.
    expect(counts.filter((line) => line.error?.stack !== undefined)).to.deep.equal([])
    expect(lines.at(-1)?.msg).to.equal('closed')
  })

  it('has a line for each place that throws, however many come from another', () => {
    const errorAt = (place: string) => ({ name: 'TypeError', message: 'm', stack: `    at ${place}` })
    const lines = logged((bus) => {
      for (let n = 0; n < 20_000; n++)
        bus.emit('handler:failed', { ...about, plugin: 'a', reason: 'threw', error: errorAt(`flood ${n}`) })
      bus.emit('handler:failed', { ...about, plugin: 'a', reason: 'threw', error: errorAt('new (a.js:1:1)') })
    })
    expect(lines.at(-1)?.error?.stack).to.equal('    at new (a.js:1:1)')
  })

  it('has no stack where the error is our own: its sentence says all', async () => {
    const plugin = entry('odd', { [BEFORE]: ({ reject }) => reject(5 as never), [FULL]: () => undefined })
    const server = await serve({ plugins: [plugin] })
    await server.post(BEFORE, { GroupId: 'g', MsgBody: [] })
    const line = parsed(server.lines).find(({ msg }) => msg === 'handler failed')
    for (const { error } of line ? [line] : []) expect(error?.stack).to.equal(undefined)
    const lines = logged((bus) => {
      for (const name of ['TimhookError', 'TimeoutError'])
        bus.emit('handler:failed', {
          ...about,
          plugin: name,
          reason: 'threw',
          error: { name, message: 'm', stack: '    at a' },
        })
    })
    expect(lines.map(({ error }) => error)).to.deep.equal([
      { name: 'TimhookError', message: 'm' },
      { name: 'TimeoutError', message: 'm' },
    ])
  })

  it('is told again with its count, the latest of it, and in ever longer intervals', async () => {
    const written: [event: number, more: number, at: number][] = []
    let tell = (): void => undefined
    const throttle = new Throttle<number>(20, (event, more) => {
      written.push([event, more, performance.now()])
      tell()
    })
    let event = 0
    const feeding = setInterval(() => throttle.pass('a', event++), 1)
    while (written.length < 4) await new Promise<void>((resolve) => (tell = resolve))
    clearInterval(feeding)
    const [first, second, third, fourth] = written
    expect(first?.slice(0, 2)).to.deep.equal([0, 0])
    for (const [before, after] of [
      [first, second],
      [second, third],
      [third, fourth],
    ] as const)
      expect(after?.[0]).to.equal(Number(before?.[0]) + Number(after?.[1]) + 1)
    expect(Number(fourth?.[2]) - Number(third?.[2])).to.be.at.least(79)
  })

  it('does not fill the disk: 5000 bad bodies make a few kilobytes', async () => {
    // Lines of callbacks that were taken are a matter of log.callbacks.
    const server = await serve({ log: { callbacks: 'none' }, plugins: [entry('any', { '*': () => undefined })] })
    const bodies = ['no', '[]', '{"GroupId":5,"MsgBody":[1]}', '{"MsgBody":{}}', '{"EventTime":[]}', '']
    const connection = await openConnection(server.port)
    const commands = [FULL, BEFORE, 'X.Y', 'Group.CallbackAfterSendMsg']
    const bytes = Array.from({ length: 200 }, (_, n) =>
      requestText(
        `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${commands[n % commands.length]}`,
        bodies[n % bodies.length],
      ),
    ).join('')
    for (let n = 0; n < 25; n++) {
      connection.send(bytes)
      for (let answer = 0; answer < 200; answer++) await connection.answer()
    }
    const text = server.lines.filter((line) => !line.includes('"level":"debug"')).join('')
    expect(text.length).to.be.below(20_000)
  })
})
