import { expect } from 'chai'
import { definePlugin } from '../../core/plugin.ts'
import { sample, testPlugin, text } from '../../core/testing.ts'
import { errorOf, words } from './plugin.ts'

const JOIN = 'Group.CallbackAfterNewMemberJoin'
const SEND = 'Group.CallbackBeforeSendMsg'

describe('testPlugin', () => {
  it('checks the options by the schema of the plugin, as the server does', async () => {
    const error = await errorOf(testPlugin(words, { options: { word: [] } }))
    expect(error).to.include({ code: 'CONFIG_INVALID' })
    expect(error.message).to.contain('plugins[0].options').and.contain('word')
  })

  it('sets up and closes the plugin once, and its setup has the REST API, too', async () => {
    const told: string[] = []
    const plugin = definePlugin({
      name: 'tells',
      setup: async ({ rest, apps }) => {
        const call = rest(apps[0]?.sdkAppId ?? 0).getRoleInGroup({ GroupId: 'g', User_Account: [] })
        told.push(await call.then(() => 'answered').catch(() => 'unexpected'))
      },
      handlers: {},
      close: () => void told.push('closed'),
    })
    const t = await testPlugin(plugin)
    expect((await errorOf(t.close())).message).to.equal('unexpected REST call: getRoleInGroup')
    expect(told).to.deep.equal(['unexpected', 'closed'])
  })

  it('runs commands of the plugin with their own options', async () => {
    await using t = await testPlugin(words, { options: { words: ['casino'] } })
    for (const GroupId of ['a', 'b', 'c']) await t.after(JOIN, { GroupId })
    const { text: printed, value } = await t.command('latest', ['--limit', '1'])
    expect(value).to.deep.equal({ rows: [{ group: 'c', attempt: 1 }], words: ['casino'] })
    expect(printed).to.equal('group  attempt\nc      1\n')
    expect(((await t.command('latest')).value as { rows: unknown[] }).rows).to.have.length(2)
    expect(await t.command('rows')).to.deep.equal({ value: [{ a: 1 }, { a: 2 }], text: 'a\n1\n2\n' })
    expect(await errorOf(t.command('latest', ['--fail']))).to.include({ code: 'COMMAND_FAILED', message: 'as asked' })
    expect(await errorOf(t.command('latest', ['--limit', 'x']))).to.include({ code: 'USAGE' })
    expect(await errorOf(t.command('last'))).to.include({ code: 'USAGE' })
  })

  it('tells what the plugin has counted', async () => {
    await using t = await testPlugin(words, { options: { words: ['casino'] } })
    for (const said of ['a casino', 'hi', 'ho']) await t.before(SEND, { MsgBody: [text(said)] })
    expect(t.counts('seen')).to.deep.equal([
      { labels: { of: 'words' }, value: 1 },
      { labels: { of: 'nothing' }, value: 2 },
    ])
    expect(t.counts('none')).to.deep.equal([])
  })

  it('fuzzes every callback that the plugin handles, the same way for the same seed', async () => {
    const seen: string[] = []
    const plugin = definePlugin({ name: 'sees', handlers: { 'Group.*': ({ raw }) => void seen.push(raw) } })
    const bodies = async (): Promise<string[]> => {
      seen.length = 0
      await using t = await testPlugin(plugin, { now: 0 })
      expect(await t.fuzz(SEND, { seed: 3, count: 20 })).to.equal(20)
      expect(await t.fuzz('*', { count: 2 })).to.equal(seen.length - 20)
      return [...seen]
    }
    const first = await bodies()
    expect(first.length).to.be.greaterThan(40)
    expect(await bodies()).to.deep.equal(first)
  })

  it('fails a fuzzed callback with its seed, its body and what the handler threw', async () => {
    const handle = ({ body }: { body: { MsgBody: { MsgContent: { Text: string } }[] } }): void => {
      for (const { MsgContent } of body.MsgBody) MsgContent.Text.trim()
    }
    await using t = await testPlugin({ name: 'trusting', handlers: { [SEND]: handle } })
    const error = await errorOf(t.fuzz(SEND))
    expect(error.message).to.match(/^Group\.CallbackBeforeSendMsg, seed 1, body [0-9]+: .*\n\{/)
    expect(error.cause).to.be.instanceOf(TypeError)
    expect(await errorOf(t.fuzz('C2C.*'))).to.include({ message: 'the plugin handles no callback of C2C.*' })
  })

  it('waits for handlers that wait for more than the clock', async () => {
    let done = 0
    const slow = (): Promise<void> => new Promise((resolve) => setTimeout(() => resolve(void done++), 30))
    await using t = await testPlugin({ name: 'slow', handlers: { [JOIN]: slow } })
    void t.after(JOIN)
    await t.idle()
    expect(done).to.equal(1)
  })

  it('tests several plugins at a time, each with a clock and a store of its own', async () => {
    await using one = await testPlugin(words, { options: { words: [] }, now: 0 })
    await using two = await testPlugin(words, { options: { words: [] }, now: 0 })
    await one.after(JOIN, { GroupId: 'a' })
    await one.clock.advance('1h')
    expect([two.clock.now(), await two.records('join')]).to.deep.equal([0, []])
  })
})

describe('sample', () => {
  it('is the documents’ body with some fields set', () => {
    const body = sample(SEND, { GroupId: 'g', MsgBody: [text('hi')], From_Account: undefined })
    expect(body).to.deep.include({ CallbackCommand: SEND, GroupId: 'g', MsgBody: [text('hi')] })
    expect(body).not.to.have.property('From_Account')
    expect(sample('State.StateChange', { Info: { Action: 'Logout' } }).Info).to.include({ Action: 'Logout' })
  })
})
