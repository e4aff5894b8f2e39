import { expect } from 'chai'
import { bot, BOT, C2C, GROUP, mentioned, said, startModel, texts } from './support.ts'

describe('bot: answers', () => {
  it('answers a one-to-one message, and remembers the conversation', async () => {
    const model = await startModel()
    const plugin = await bot(model, { system: 'be brief' })
    await plugin.after(C2C, said('hello'))
    await plugin.after(C2C, said('again'))
    await plugin.after(C2C, said('who am I?', 'monica'))
    expect(texts(plugin)).to.deep.equal(['You said: hello', 'You said: again', 'You said: who am I?'])
    expect(plugin.rest.calls[0]?.request).to.include({ From_Account: BOT, To_Account: 'jared' })
    expect(model.asked.map(({ messages }) => messages.map(({ content }) => content))).to.deep.equal([
      ['be brief', 'hello'],
      ['be brief', 'hello', 'You said: hello', 'again'],
      ['be brief', 'who am I?'],
    ])
    expect(plugin.counts('answers')).to.deep.equal([{ labels: { outcome: 'answered' }, value: 3 }])
  })

  it('keeps no more of a conversation than memory says, and forgets it after a silence', async () => {
    const model = await startModel()
    const plugin = await bot(model, { memory: { messages: 3, age: '1h' }, loop: { quick: 0, pause: '1m' } })
    for (const text of ['a', 'b', 'c']) await plugin.after(C2C, said(text))
    expect(
      model.asked
        .at(-1)
        ?.messages.map(({ content }) => content)
        .slice(1),
    ).to.deep.equal(['You said: a', 'b', 'You said: b', 'c'])
    await plugin.clock.advance('2h')
    const forgotten = await plugin.store.list('talk/')
    expect(forgotten).to.deep.equal([])
  })

  it('answers in a group where it is mentioned, and only there', async () => {
    const model = await startModel()
    const plugin = await bot(model)
    await plugin.after(GROUP, mentioned(`@${BOT} what is up?`))
    await plugin.after(GROUP, mentioned('@monica hi', 'monica'))
    await plugin.after(GROUP, { ...mentioned('@all hi'), GroupAtInfo: [{ GroupAtAllFlag: 1, GroupAt_Account: BOT }] })
    await plugin.after(GROUP, { ...mentioned('hi'), GroupAtInfo: undefined })
    expect(texts(plugin)).to.deep.equal(['You said: what is up?'])
    expect(plugin.rest.calls[0]?.request).to.include({ From_Account: BOT, GroupId: 'g' })
    const silent = await bot(model, { groups: false })
    await silent.after(GROUP, mentioned('hi'))
    expect(silent.rest.calls).to.deep.equal([])
  })

  it("answers a message once that comes by Tencent's callbacks for chatbots too", async () => {
    const plugin = await bot(await startModel())
    const message = said('hello')
    await plugin.after('Bot.OnC2CMessage', message)
    await plugin.after(C2C, message)
    await plugin.after('Bot.OnGroupMessage', { GroupId: 'g', MsgSeq: 77, AtRobots_Account: [BOT] })
    await plugin.after(GROUP, { ...mentioned('what can you do?'), MsgSeq: 77 })
    expect(texts(plugin)).to.have.length(2)
    expect(plugin.counts('ignored')).to.deep.equal([{ labels: { why: 'repeated' }, value: 2 }])
  })

  it('streams to one account while the answer grows', async () => {
    const model = await startModel()
    model.say = () => ['One two ', 'three four ', 'five.']
    const plugin = await bot(model, { show: 'stream', piece: 10 })
    await plugin.after(C2C, said('count'))
    expect(plugin.rest.calls.map(({ name, request }) => [name, request])).to.deep.equal([
      ['sendStreamMsg', { From_Account: BOT, To_Account: 'jared', Chunk: 'One two three four ', Finish: 0 }],
      ['sendStreamMsg', { From_Account: BOT, To_Account: 'jared', Chunk: 'five.', Finish: 1, MsgKey: 'streamed' }],
    ])
  })

  it('edits its message while the answer grows', async () => {
    const model = await startModel()
    model.say = () => ['One two three ', 'four five six ', 'seven.']
    const plugin = await bot(model, { show: 'edit', piece: 10, account: 'helper' })
    await plugin.after(C2C, { ...said('count'), To_Account: 'helper' })
    await plugin.after(GROUP, mentioned('count', 'helper'))
    const whole = 'One two three four five six seven.'
    expect(plugin.rest.calls.map(({ name }) => name)).to.deep.equal([
      'sendMsg',
      'modifyC2cMsg',
      'modifyC2cMsg',
      'sendGroupMsg',
      'modifyGroupMsg',
      'modifyGroupMsg',
    ])
    for (const index of [2, 5]) expect(JSON.stringify(plugin.rest.calls[index]?.request)).to.contain(whole)
    expect(plugin.rest.calls[2]?.request).to.include({ MsgKey: 'sent-1' })
  })

  it('takes the answer of an endpoint that cannot stream, and no more than a message holds', async () => {
    const model = await startModel()
    model.faults.push('no stream')
    model.say = () => ['好'.repeat(20_000)]
    const plugin = await bot(model)
    await plugin.after(C2C, said('write a book'))
    expect(texts(plugin)[0]).to.match(/^好{3000,3333}$/)
  })

  it('shows nothing that moderation stops, and keeps it out of the conversation', async () => {
    const model = await startModel()
    const plugin = await bot(model, { moderation: { url: model.url, apiKey: 'sk-key-of-the-test' } })
    await plugin.after(C2C, said('say forbidden'))
    await plugin.after(C2C, said('hello'))
    expect(texts(plugin)).to.deep.equal(['I cannot answer that.', 'You said: hello'])
    expect(JSON.stringify(model.asked.at(-1))).not.to.contain('forbidden')
    const growing = await bot(model, {
      show: 'stream',
      piece: 5,
      moderation: { url: model.url, apiKey: 'sk-key-of-the-test' },
    })
    model.say = () => ['fine so far, ', 'now forbidden things', ' and more']
    await growing.after(C2C, said('go on'))
    const shown = growing.rest.calls.map(({ request }) => (request as { Chunk: string }).Chunk)
    expect(shown).to.deep.equal(['fine so far, ', '\nI cannot answer that.'])
    const blind = await bot(model, { moderation: { url: `${model.url}/nowhere`, apiKey: 'sk-key-of-the-test' } })
    await blind.after(C2C, said('hello'))
    expect(texts(blind)).to.deep.equal(['I cannot answer that.'])
  })

  it('erases what it keeps of an account, and of no other', async () => {
    const plugin = await bot(await startModel())
    await plugin.after(C2C, said('hello'))
    await plugin.after(GROUP, mentioned('hello'))
    await plugin.after(C2C, said('hello', 'jared2'))
    const { default: definition } = await import('../../../plugins/bot/index.ts')
    const erased = await definition.erase?.({ app: 1400000000, account: 'jared', store: plugin.store } as never)
    expect(erased).to.equal(3)
    const left = (await plugin.store.list('')).map(({ key }) => key).filter((key) => key.includes('jared'))
    expect(left).to.deep.equal(['talk/1400000000/jared2/', 'used/1400000000/jared2/'])
  })
})
