import { expect } from 'chai'
import { BEFORE, entry, message } from '../harness/plugin.ts'
import { serve } from '../harness/server.ts'

interface Loose {
  readonly body: { readonly MsgBody: unknown[] }
  readonly allow: (fields?: object) => never
}

/** A plugin that gives this for the message that it gets. */
function rewriter(rewrite: (MsgBody: unknown[]) => object, more: object = {}): ReturnType<typeof entry> {
  const handle = ({ body, allow }: Loose): never => allow(rewrite(body.MsgBody))
  return entry('rewrites', { [BEFORE]: { handle, ...more } } as never)
}

const circle: { MsgBody: unknown[] } = { MsgBody: [] }
circle.MsgBody.push(circle)

describe('a rewrite that the answer cannot carry', () => {
  const wrong: [string, object][] = [
    ['is null', { MsgBody: null }],
    ['is text', { MsgBody: 'masked' }],
    ['holds an element that has not come so', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: 'masked' }] }],
    ['comes with a field that is none', { MsgBody: [], Text: 'x' }],
    ['is a circle', circle],
  ]
  for (const [what, fields] of wrong)
    it(`refuses the message where the new message ${what}, whatever onFailure says`, async () => {
      const { post, bus } = await serve({ plugins: [rewriter(() => fields, { onFailure: 'allow' })] })
      const failed = bus.next('handler:failed')
      expect((await post(BEFORE, message('bad words'))).json).to.include({ ErrorCode: 1 })
      expect(await failed).to.include({ reason: 'verdict', onFailure: 'reject' })
    })

  it('is resolved by onFailure where it is of another field', async () => {
    const lenient = await serve({ plugins: [rewriter(() => ({ CloudCustomData: {} }))] })
    expect((await lenient.post(BEFORE, message())).json).to.include({ ErrorCode: 0 })
    const strict = await serve({ plugins: [rewriter(() => ({ CloudCustomData: {} }), { onFailure: 'drop' })] })
    expect((await strict.post(BEFORE, message())).json).to.include({ ErrorCode: 2 })
  })
})

describe('elements of a message that do not fit', () => {
  const strange = [
    null,
    'text',
    { MsgType: 5, MsgContent: {} },
    { MsgType: 'TIMTextElem' },
    { MsgType: 'TIMCustomElem', MsgContent: { Data: { cmd: 'gift' }, big: '12345678901234567890' } },
  ]
  const text = (Text: string): object => ({ MsgType: 'TIMTextElem', MsgContent: { Text } })

  it('are accepted as they came, beside one that is masked', async () => {
    const { post } = await serve({
      plugins: [rewriter((all) => ({ MsgBody: all.map((one, n) => (n === 0 ? text('***') : one)) }))],
    })
    const { json } = await post(BEFORE, message('', { MsgBody: [text('bad'), ...strange] }))
    expect(json).to.deep.include({ ErrorCode: 0, MsgBody: [text('***'), ...strange] })
  })

  it('are seen by each plugin, even when one before it has changed the list in place', async () => {
    const seen: unknown[] = []
    const spoil = ({ body }: Loose): void => void body.MsgBody.splice(0)
    const look = ({ body }: Loose): void => void seen.push(body.MsgBody)
    const { post } = await serve({
      plugins: [entry('spoils', { [BEFORE]: spoil } as never), entry('looks', { [BEFORE]: look } as never)],
    })
    await post(BEFORE, message('', { MsgBody: strange }))
    expect(seen).to.deep.equal([strange])
  })
})
