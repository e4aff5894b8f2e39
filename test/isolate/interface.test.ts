import { join } from 'node:path'
import { expect } from 'chai'
import { sample, testPlugin, text } from '../../core/testing.ts'
import type { TestPlugin } from '../../core/testing.ts'
import { folderWith } from '../harness/cli.ts'
import { everything } from './everything.ts'

const SEND = 'Group.CallbackBeforeSendMsg'
const FULL = 'Group.CallbackAfterGroupFull'

const slowToStart = `
let calls = 0
export default {
  name: 'slow',
  setup() {
    for (const end = Date.now() + 700; Date.now() < end; );
  },
  handlers: {
    '${SEND}': ({ emit }) => {
      if (++calls > 1) return undefined
      emit('begun', {})
      return new Promise(() => undefined)
    },
  },
}
`

type Level = 'worker' | 'process' | 'none'

async function start(isolate: Level): Promise<TestPlugin> {
  const folder = await folderWith({ 'everything.mjs': everything })
  const options = { options: { word: 'sorry' }, isolate, now: 1_700_000_000_000 }
  return testPlugin(join(folder, 'everything.mjs'), options)
}

/** What of an error anybody may look at. */
function shapeOf(error: unknown): unknown {
  const { name, message, code, cause } = error as Error & { code?: unknown }
  return { name, message, code, ...(cause !== undefined && { cause: shapeOf(cause) }) }
}

async function decide(t: TestPlugin, said: string): Promise<unknown> {
  const begun = t.bus.next('plugin:everything:begun')
  const deciding = t.before(SEND, { MsgBody: [text(said)] }, { expectFailure: true })
  if (said === 'late') {
    await begun
    await t.clock.advance('1s')
  }
  const { outcome, code, info, fields, failed, error } = await deciding
  return { outcome, code, info, fields, failed, error: error && shapeOf(error) }
}

async function handle(t: TestPlugin, GroupId: string): Promise<unknown> {
  return t.after(FULL, { GroupId }, { id: `id of ${GroupId}` }).then(() => 'handled', shapeOf)
}

/** All that comes out of a plugin, whatever it runs in. */
async function outcomes(level: Level): Promise<Record<string, unknown>> {
  await using t = await start(level)
  const verdicts: Record<string, unknown> = {}
  for (const said of ['hi', 'mask', 'bad', 'bad', 'drop', 'misfit', 'garbage', 'code', 'throw', 'late']) {
    verdicts[said] = await decide(t, said)
  }
  t.rest.answer('group_open_http_svc/get_group_info', { GroupInfo: [{ GroupId: 'g' }] })
  t.rest.answer('group_open_http_svc/forbid_send_msg', {
    ErrorCode: 10007,
    ErrorInfo: 'no right',
    ActionStatus: 'FAIL',
  })
  const handled: Record<string, unknown> = {}
  for (const of of ['context', 'store', 'rest', 'out', 'later', 'give up', 'thrown']) handled[of] = await handle(t, of)
  const failed: unknown[] = []
  t.bus.on('handler:failed', ({ attempt, reason, error }) => {
    failed.push({ attempt, reason, name: error?.name, message: error?.message, code: error?.code })
  })
  const dead: unknown[] = []
  t.bus.on('callback:dead', (event) => void dead.push(event))
  // On a busy machine a retry may begin to wait only after the clock was set.
  while (dead.length === 0) {
    await t.clock.advance('20ms')
    await t.idle()
  }
  await t.clock.advance('1s')
  await t.idle()
  const recordsOf = async (kind: string, count: number): Promise<unknown[]> => {
    for (;;) {
      const records = await t.records(kind)
      if (records.length >= count) return records
      await new Promise(setImmediate)
    }
  }
  return {
    verdicts,
    handled,
    failed,
    setup: await t.store.get('setup'),
    context: await t.records('context'),
    store: await t.records('store'),
    rest: await t.records('rest'),
    calls: t.rest.calls,
    dead: await recordsOf('dead', 2),
    observed: await recordsOf('observed', 2),
    events: t.events('seen'),
    counts: t.counts('handled_total'),
    log: t.log.entries.filter(({ msg }) => msg !== 'handler failed'),
    rows: await t.command('rows'),
  }
}

describe('a plugin in a thread or process of its own', () => {
  let expected: Record<string, unknown>

  before(async () => {
    expected = await outcomes('none')
  })

  it('is tested by what a plugin beside the server does', () => {
    expect(expected['store']).to.have.length(1)
    expect(expected['rest']).to.have.length(1)
    expect(expected['failed']).to.have.length(3)
    expect(expected['verdicts']).to.have.nested.property('late.error.name', 'TimhookError')
    expect(sample(FULL).GroupId).to.be.a('string')
  })

  for (const level of ['worker', 'process'] as const) {
    it(`has all that it has beside the server: ${level}`, async () => {
      const got = await outcomes(level)
      for (const key of Object.keys(expected)) expect(got[key], key).to.deep.equal(expected[key])
    })

    it(`is not ended for having been blocked before: ${level}`, async () => {
      const folder = await folderWith({ 'slow.mjs': slowToStart })
      await using t = await testPlugin(join(folder, 'slow.mjs'), { isolate: level })
      const begun = t.bus.next('plugin:slow:begun')
      const deciding = t.before(SEND, {}, { expectFailure: true })
      await begun
      await t.clock.advance('2s')
      expect((await deciding).error)
        .to.have.property('message')
        .that.includes('took too long')
      expect(await t.before(SEND)).to.include({ failed: false })
    })
  }
})
