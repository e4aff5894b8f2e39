import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import { BEFORE, deferred, entry, message } from '../harness/plugin.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { eventsOf, serve } from '../harness/server.ts'

const boom = () => {
  throw new Error('boom')
}
const never = () => new Promise<void>(() => undefined)

describe('a before-handler that fails', () => {
  it('lets the message through by default, as Tencent does, and is counted', async () => {
    const { post, bus } = await serve({ plugins: [entry('bad', { [BEFORE]: boom })] })
    const failed = eventsOf(bus, 'handler:failed')
    const answered = eventsOf(bus, 'callback:answered')
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 0 })
    expect(failed[0]).to.include({ plugin: 'bad', reason: 'threw', onFailure: 'allow' })
    expect(answered[0]).to.include({ outcome: 'allow', failed: true })
  })

  for (const [onFailure, code] of [
    ['reject', 1],
    ['drop', 2],
  ] as const) {
    it(`is resolved by its onFailure: ${onFailure}`, async () => {
      const { post } = await serve({ plugins: [entry('bad', { [BEFORE]: { onFailure, handle: boom } })] })
      expect((await post(BEFORE, message())).json).to.include({ ErrorCode: code })
    })

    it(`is resolved by the config's onFailure before its own: ${onFailure}`, async () => {
      const handlers = { [BEFORE]: { onFailure: 'allow' as const, handle: boom } }
      const { post } = await serve({ plugins: [entry('bad', handlers, { onFailure })] })
      expect((await post(BEFORE, message())).json).to.include({ ErrorCode: code })
    })
  }

  it('fails by rejecting its promise too', async () => {
    const handle = async () => boom()
    const { post } = await serve({ plugins: [entry('bad', { [BEFORE]: { onFailure: 'reject', handle } })] })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
  })

  it('fails by returning what is no verdict of its callback', async () => {
    const handle = (() => ({ outcome: 'allow', code: 0 })) as unknown as () => undefined
    const { post, bus } = await serve({ plugins: [entry('bad', { [BEFORE]: { onFailure: 'drop', handle } })] })
    const failed = eventsOf(bus, 'handler:failed')
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 2 })
    expect(failed[0]).to.include({ reason: 'verdict' })
  })

  for (const [what, ...args] of [
    ['a code of another range', 120_001, 'why'],
    ['a code that is no integer', 10_100.5, 'why'],
    ['a code that is a text', 'why'],
    ['an info that is no text', 10_100, 2],
  ] as const) {
    it(`refuses with 1 by ${what}, and is counted: a mistake opens no gate`, async () => {
      const handle = (ctx: never) => (ctx as { reject(...all: unknown[]): never }).reject(...args)
      const { post, bus } = await serve({
        plugins: [entry('bad', { [BEFORE]: { onFailure: 'allow', handle } as never })],
      })
      const failed = eventsOf(bus, 'handler:failed')
      const answered = eventsOf(bus, 'callback:answered')
      const info = args[0] !== 10_100 && args.length > 1 ? args[1] : ''
      expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1, ErrorInfo: info })
      expect(failed[0]).to.include({ plugin: 'bad', reason: 'verdict', onFailure: 'reject' })
      expect(failed[0]?.error?.message).to.contain('Group.CallbackBeforeSendMsg: reject() takes').and.not.contain('why')
      expect(answered[0]).to.include({ outcome: 'reject', code: 1, failed: true })
    })
  }

  it('refuses with 1 by a verdict made in the context of another callback', async () => {
    const C2C = 'C2C.CallbackBeforeSendMsg'
    let made: unknown
    const plugins = [
      entry('mixes', {
        [C2C]: ({ reject }) => void (made = reject(120_001, 'why')),
        [BEFORE]: () => made as undefined,
      }),
    ]
    const { post } = await serve({ plugins })
    await post(C2C, commands.get(C2C)?.sample)
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1, ErrorInfo: 'why' })
  })

  it('may have a code and an info of its own, of the handler or of the config', async () => {
    const long = { outcome: 'reject', code: 10_150, info: 'try again later' } as const
    const own = await serve({ plugins: [entry('bad', { [BEFORE]: { onFailure: long, handle: boom } })] })
    expect((await own.post(BEFORE, message())).json).to.include({ ErrorCode: 10_150, ErrorInfo: 'try again later' })
    const handlers = { [BEFORE]: { onFailure: 'allow' as const, handle: boom } }
    const ofEntry = await serve({ plugins: [entry('bad', handlers, { onFailure: { ...long, code: 10_160 } })] })
    expect((await ofEntry.post(BEFORE, message())).json).to.include({ ErrorCode: 10_160 })
  })

  it('with a code under a wildcard refuses what does not know it with the default', async () => {
    const plugins = [entry('bad', { '*': boom }, { onFailure: { outcome: 'reject', code: 10_150 } })]
    const { post } = await serve({ plugins })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 10_150 })
    const C2C = 'C2C.CallbackBeforeSendMsg'
    expect((await post(C2C, commands.get(C2C)?.sample)).json).to.include({ ErrorCode: 1 })
  })

  it('is told with its causes and its own place, and without the text of the message', async () => {
    const handle = ({ body }: { body: { MsgBody?: unknown } }): never => {
      const text = JSON.stringify(body.MsgBody)
      throw new Error('no answer', { cause: new TypeError(`not words: ${text}`, { cause: new Error('reset') }) })
    }
    const { post, bus } = await serve({ plugins: [entry('bad', { [BEFORE]: handle })] })
    const failed = eventsOf(bus, 'handler:failed')
    await post(BEFORE, message('the secret words'))
    const { message: says, causes = [], at } = failed[0]?.error ?? {}
    expect([says, causes.length, causes[1]]).to.deep.equal(['no answer', 2, 'Error: reset'])
    expect(causes[0]).to.contain('TypeError: not words').and.not.contain('secret')
    expect(at).to.match(/failure-policy\.test\.js:\d+:\d+$/)
  })

  it('fails by fields that the documents do not allow', async () => {
    const wrong = [
      (ctx: never) => (ctx as { allow(fields: object): never }).allow({ Foo: 1 }),
      (ctx: never) => (ctx as { allow(fields: object): never }).allow({ CloudCustomData: 5 }),
    ]
    for (const handle of wrong) {
      const { post, bus } = await serve({
        plugins: [entry('bad', { [BEFORE]: { onFailure: 'drop', handle } as never })],
      })
      const failed = eventsOf(bus, 'handler:failed')
      expect((await post(BEFORE, message())).json, String(handle)).to.include({ ErrorCode: 2 })
      expect(failed[0], String(handle)).to.include({ reason: 'verdict' })
    }
  })

  it('fails by fields that cannot be written as JSON', async () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const handle = (ctx: { allow: (fields: object) => never }) =>
      ctx.allow({ MsgBody: [{ MsgType: 'X', MsgContent: circle }] })
    const { post } = await serve({ plugins: [entry('bad', { [BEFORE]: { onFailure: 'reject', handle } as never })] })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
  })

  it('is stopped at its timeoutMs, and its signal fires', async () => {
    const aborted = deferred<string>()
    const { post, bus } = await serve({
      plugins: [
        entry('slow', {
          [BEFORE]: {
            timeoutMs: 30,
            onFailure: 'reject',
            handle: ({ signal }) =>
              new Promise(() => signal.addEventListener('abort', () => aborted.resolve(String(signal.reason)))),
          },
        }),
      ],
    })
    const failed = eventsOf(bus, 'handler:failed')
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
    expect(await aborted.promise).to.contain('30 ms')
    expect(failed[0]).to.include({ reason: 'timeout' })
  })

  it('does not keep the others from being asked; the strictest outcome wins', async () => {
    const { post } = await serve({
      plugins: [
        entry('drops', { [BEFORE]: { onFailure: 'drop', handle: boom } }),
        entry('allows', { [BEFORE]: ({ allow }) => allow({ CloudCustomData: 'x' }) }),
        entry('rejects', { [BEFORE]: ({ reject }) => reject(10_150, 'strict') }),
      ],
    })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 10_150, ErrorInfo: 'strict' })
    const lenient = await serve({
      plugins: [
        entry('drops', { [BEFORE]: { onFailure: 'drop', handle: boom } }),
        entry('allows', { [BEFORE]: ({ allow }) => allow({ CloudCustomData: 'x' }) }),
      ],
    })
    expect((await lenient.post(BEFORE, message())).text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":2}')
  })

  it('ends the chain when it is resolved as a rejection: nothing is stricter', async () => {
    let asked = false
    const { post } = await serve({
      plugins: [
        entry('rejects', { [BEFORE]: { onFailure: 'reject', handle: boom } }),
        entry('next', { [BEFORE]: () => void (asked = true) }),
      ],
    })
    await post(BEFORE, message())
    expect(asked).to.equal(false)
  })
})

describe('the deadline', () => {
  it('is kept whatever a handler does', async () => {
    const { post, bus } = await serve({
      server: { deadlineMs: 120 },
      plugins: [entry('hangs', { [BEFORE]: { timeoutMs: 1e9, onFailure: 'drop', handle: never } })],
    })
    const failed = eventsOf(bus, 'handler:failed')
    const answered = eventsOf(bus, 'callback:answered')
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 2 })
    expect(failed[0]).to.include({ plugin: 'hangs', reason: 'timeout' })
    expect(answered[0]?.durationMs).to.be.at.least(100)
  })

  it('resolves handlers that are not reached by their onFailure', async () => {
    // A clock of the test's own: on a busy machine the deadline might be over before anybody is asked.
    const clock = performance.now.bind(performance)
    stopAfterTest(async () => void (performance.now = clock))
    let now = clock()
    performance.now = () => now
    const blocks = (): void => void (now += 40_000)
    const { post, bus } = await serve({
      server: { deadlineMs: 30_000 },
      plugins: [
        entry('blocks', { [BEFORE]: blocks }),
        entry('unreached', { [BEFORE]: { onFailure: 'drop', handle: () => undefined } }),
        entry('strict', { [BEFORE]: { onFailure: 'reject', handle: () => undefined } }),
      ],
    })
    const failed = eventsOf(bus, 'handler:failed')
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
    expect(failed.map(({ plugin, reason }) => [plugin, reason])).to.deep.equal([
      ['unreached', 'unreached'],
      ['strict', 'unreached'],
    ])
  })

  it('is shared out: a handler without a limit of its own leaves the others their part', async () => {
    const { post } = await serve({
      server: { deadlineMs: 3000 },
      plugins: [entry('hangs', { [BEFORE]: never }), entry('decides', { [BEFORE]: ({ reject }) => reject(10_101) })],
    })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 10_101 })
  })
})

describe('too many undecided callbacks', () => {
  it('resolves further ones by onFailure at once', async () => {
    const release = deferred()
    const started = deferred()
    const { post, bus } = await serve({
      server: { maxInFlight: 1 },
      plugins: [
        entry('waits', {
          [BEFORE]: { onFailure: 'reject', handle: async () => (started.resolve(), release.promise) },
        }),
      ],
    })
    const failed = eventsOf(bus, 'handler:failed')
    const first = post(BEFORE, message())
    await started.promise
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
    expect(failed[0]).to.include({ reason: 'busy' })
    release.resolve()
    expect((await first).json).to.include({ ErrorCode: 0 })
  })
})

describe('a before-callback whose body lacks its message', () => {
  const plugins = [
    entry('strict', { [BEFORE]: { onFailure: 'reject', handle: ({ allow }) => allow() } }),
    entry('lenient', { [BEFORE]: ({ allow }) => allow() }),
  ]

  for (const [what, body, fault] of [
    ['no message', { GroupId: '@TGS#1' }, 'MsgBody: is required'],
    ['a message that is null', message('', { MsgBody: null }), 'MsgBody: is required'],
    ['a message of text', message('', { MsgBody: 'hi' }), 'MsgBody: expected array of message elements, got string'],
  ] as const) {
    it(`is decided by onFailure for ${what}, with status 200`, async () => {
      const { post, bus } = await serve({ plugins })
      const faulty = eventsOf(bus, 'callback:faulty')
      const { status, json } = await post(BEFORE, body)
      expect(status).to.equal(200)
      expect(json).to.include({ ErrorCode: 1 })
      expect(faulty[0]?.faults).to.deep.equal([fault])
    })
  }

  it('is handled as usual when only an element of the message is strange', async () => {
    const seen: unknown[] = []
    const { post } = await serve({ plugins: [entry('sees', { [BEFORE]: ({ body }) => void seen.push(body.MsgBody) })] })
    const MsgBody = [null, 5, { MsgType: 'TIMTextElem', MsgContent: { Text: [7] } }, { MsgType: 'New', MsgContent: {} }]
    expect((await post(BEFORE, message('', { MsgBody }))).json).to.include({ ErrorCode: 0 })
    expect(seen).to.deep.equal([MsgBody])
  })
})
