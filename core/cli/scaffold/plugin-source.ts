/** The plugin: a before-handler that rejects words, and an after-handler that counts who joins. */
export function pluginSource(name: string): string {
  return `import { definePlugin, Type } from 'timhook/plugin'

export default definePlugin({
  name: '${name}',
  options: Type.Object({
    words: Type.Array(Type.String({ minLength: 1 }), { default: [], description: 'Messages with one of these are rejected.' }),
  }),
  handlers: {
    // Before a group message is sent: the answer decides.
    'Group.CallbackBeforeSendMsg': ({ body, options, reject }) => {
      const said = JSON.stringify(body.MsgBody)
      const word = options.words.find((one) => said.includes(one))
      // Nothing returned means no objection.
      return word === undefined ? undefined : reject(10100, 'This word is not allowed here.')
    },
    // After members have joined: delivered at least once, retried if it throws.
    'Group.CallbackAfterNewMemberJoin': async ({ body, store, emit, log, id }) => {
      const joined = body.NewMemberList?.length ?? 0
      await store.record('join', { id, group: body.GroupId, joined })
      emit('joined', { group: body.GroupId, joined })
      log.info({ group: body.GroupId, joined }, 'members joined')
    },
  },
})
`
}

/** Its tests. */
export function pluginTest(language: 'ts' | 'js'): string {
  return `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testPlugin, text } from 'timhook/testing'
import plugin from './index.${language}'

test('rejects a message with a forbidden word, and no other', async () => {
  const t = await testPlugin(plugin, { options: { words: ['casino'] } })
  const bad = await t.before('Group.CallbackBeforeSendMsg', { MsgBody: [text('a casino')] })
  assert.equal(bad.outcome, 'reject')
  assert.equal(bad.code, 10100)
  const good = await t.before('Group.CallbackBeforeSendMsg', { MsgBody: [text('hello')] })
  assert.equal(good.outcome, 'allow')
  await t.close()
})

test('records who joins', async () => {
  const t = await testPlugin(plugin)
  await t.after('Group.CallbackAfterNewMemberJoin', { GroupId: 'g', NewMemberList: [{ Member_Account: 'ann' }] })
  assert.equal((await t.records('join')).length, 1)
  assert.deepEqual(t.events('joined'), [{ group: 'g', joined: 1 }])
  await t.close()
})

test('survives whatever Tencent may send', async () => {
  const t = await testPlugin(plugin, { options: { words: ['casino'] } })
  await t.fuzz('*', { seed: 1, count: 50 })
  await t.close()
})
`
}
