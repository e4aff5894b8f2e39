import { expect } from 'chai'
import { OK_TEXT } from '../harness/answers.ts'
import { BEFORE, deferred, entry, message } from '../harness/plugin.ts'
import { eventsOf, serve } from '../harness/server.ts'

const UNKNOWN = 'Group.CallbackBeforeModifyMsg'
const PREVIOUS = 'Sns.CallbackPrevGroupAdd'

/** As JavaScript authors have it. */
interface Loose {
  readonly phase: string
  readonly command: string
  readonly body: Record<string, unknown>
  readonly allow: (fields?: object) => never
  readonly reject: (code?: number, info?: string) => never
  readonly drop: () => never
}
type LooseHandler = (context: Loose) => never | undefined

function plugin(name: string, pattern: string, handle: LooseHandler, more: object = {}): ReturnType<typeof entry> {
  return entry(name, { [pattern]: { handle, ...more } })
}

describe('a before-callback that is not in the table', () => {
  for (const pattern of ['*', 'Group.*', UNKNOWN])
    it(`is rejected by a handler of ${pattern}, with 1 if it gives no code`, async () => {
      const { post, bus } = await serve({
        plugins: [plugin('moderates', pattern, ({ body, reject }) => (body['Code'] ? reject(77, 'no') : reject()))],
      })
      const received = eventsOf(bus, 'callback:received')
      expect((await post(UNKNOWN, { GroupId: 'g' })).json).to.deep.equal({
        ActionStatus: 'OK',
        ErrorInfo: '',
        ErrorCode: 1,
      })
      expect((await post(UNKNOWN, { GroupId: 'g', Code: 1 })).json).to.include({ ErrorCode: 77, ErrorInfo: 'no' })
      expect(received[0]).to.include({ phase: 'before', known: false, command: UNKNOWN })
    })

  it('is allowed with any fields, which later plugins see if the body has them', async () => {
    const seen: unknown[] = []
    const { post } = await serve({
      plugins: [
        plugin('masks', '*', ({ allow }) => allow({ Text: '***', More: { a: [1] } })),
        plugin('looks', 'Group.*', ({ body }) => void seen.push(body)),
      ],
    })
    const { json } = await post(UNKNOWN, { Text: 'secret', GroupId: 'g' })
    expect(json).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, Text: '***', More: { a: [1] } })
    expect(seen).to.deep.equal([{ Text: '***', GroupId: 'g' }])
  })

  it('keeps its answer from being overwritten by fields of a plugin', async () => {
    const { post, bus } = await serve({
      plugins: [plugin('forges', '*', ({ allow }) => allow({ ErrorCode: 5 }), { onFailure: 'reject' })],
    })
    const failed = bus.next('handler:failed')
    expect((await post(UNKNOWN, {})).json).to.include({ ErrorCode: 1 })
    expect((await failed).error?.message).to.match(/ErrorCode: is not a field of it/)
  })

  it('is decided by onFailure when its handler fails, and allowed by default', async () => {
    const fail = (): never => {
      throw new Error('broken')
    }
    const strict = await serve({ plugins: [plugin('strict', 'Group.*', fail, { onFailure: 'reject' })] })
    expect((await strict.post(UNKNOWN, {})).json).to.include({ ErrorCode: 1 })
    const lenient = await serve({ plugins: [plugin('lenient', '*', fail)] })
    expect((await lenient.post(UNKNOWN, {})).text).to.equal(OK_TEXT)
  })

  it('about friends can only be allowed, because a rejection would let it through', async () => {
    const { post, bus } = await serve({
      plugins: [plugin('refuses', 'Sns.*', ({ reject }) => reject(), { onFailure: 'reject' })],
    })
    const failed = bus.next('handler:failed')
    expect((await post(PREVIOUS, {})).text).to.equal(OK_TEXT)
    expect(await failed).to.include({ reason: 'verdict', onFailure: 'reject' })
  })

  it('is handled as the known before-callback that its body names', async () => {
    const { post, bus } = await serve({ plugins: [plugin('moderates', BEFORE, ({ reject }) => reject(10_105))] })
    const faulty = bus.next('callback:faulty')
    expect((await post(UNKNOWN, message())).json).to.include({ ErrorCode: 10_105 })
    expect(await faulty).to.deep.include({
      command: BEFORE,
      fits: true,
      faults: [`CallbackCommand: expected "${UNKNOWN}" as in the URL, got another command`],
    })
  })

  it('is handled under the command of the URL if that is known, whatever the body names', async () => {
    const asked: string[] = []
    const { post } = await serve({ plugins: [plugin('looks', '*', ({ command }) => void asked.push(command))] })
    await post(BEFORE, message('', { CallbackCommand: 'C2C.CallbackBeforeSendMsg' }))
    await post(UNKNOWN, { CallbackCommand: 'Group.CallbackAfterGroupFull', GroupId: 'g' })
    expect(asked).to.deep.equal([BEFORE, UNKNOWN])
  })

  for (const command of [
    'Group.CallbackAfterBefore',
    'Group.BeforeX',
    'X.callbackbeforey',
    'CallbackBefore.X',
    'Sns.X',
  ])
    it(`is not one if it is called ${command}`, async () => {
      const { post, bus } = await serve({ plugins: [plugin('looks', '*', () => undefined)] })
      const received = bus.next('callback:received')
      await post(command, {})
      expect((await received).phase).to.equal('after')
    })

  it('may use a tenth of maxInFlight, and leaves the rest to others', async () => {
    const release = deferred()
    const two = deferred()
    let started = 0
    const { post, bus } = await serve({
      server: { maxInFlight: 20 },
      plugins: [
        entry('waits', {
          '*': async ({ phase }) => {
            if (phase === 'before' && ++started === 2) two.resolve()
            await release.promise
          },
        }),
      ],
    })
    const failed = eventsOf(bus, 'handler:failed')
    const waiting = [post(UNKNOWN, { n: 1 }), post('X.CallbackBeforeY', { n: 2 })]
    await two.promise
    expect((await post(UNKNOWN, { n: 3 })).text).to.equal(OK_TEXT)
    expect(failed.map(({ reason }) => reason)).to.deep.equal(['busy'])
    const known = post(BEFORE, message())
    release.resolve()
    for (const { json } of await Promise.all([...waiting, known])) expect(json).to.include({ ErrorCode: 0 })
    expect(failed).to.have.length(1)
  })
})
