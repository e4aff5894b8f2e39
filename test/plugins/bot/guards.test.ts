import { expect } from 'chai'
import { bot, BOT, C2C, GROUP, mentioned, said, startModel, texts } from './support.ts'

describe('bot: guards', () => {
  it('never answers itself, another bot, a REST sender or an ignored account', async () => {
    const model = await startModel()
    const plugin = await bot(model, { ignore: ['service-*'] })
    await plugin.after(C2C, said('hello', BOT))
    await plugin.after(C2C, said('hello', '@RBT#other'))
    await plugin.after(C2C, said('hello', 'service-news'))
    await plugin.after(C2C, said('hello'), { query: { OptPlatform: 'RESTAPI' } })
    await plugin.after(GROUP, mentioned('hello'), { query: { OptPlatform: 'RESTAPI' } })
    await plugin.after(C2C, { ...said('hello'), To_Account: 'somebody' })
    await plugin.after(C2C, { ...said('hello'), SendMsgResult: 20006 })
    await plugin.after(C2C, said('   '))
    expect(model.asked).to.deep.equal([])
    expect(plugin.rest.calls).to.deep.equal([])
    await plugin.after(C2C, said('hello'), { query: { OptPlatform: 'Android' } })
    expect(texts(plugin)).to.deep.equal(['You said: hello'])
  })

  it('stops after three turns of somebody who answers at once, as a bot does', async () => {
    const model = await startModel()
    const plugin = await bot(model, { loop: { quick: '1h' } })
    for (let turn = 0; turn < 10; turn++) await plugin.after(C2C, said(`turn ${turn}`))
    expect(texts(plugin)).to.deep.equal(['You said: turn 0', 'You said: turn 1', 'You said: turn 2'])
    await plugin.after(C2C, said('hello', 'monica'))
    expect(texts(plugin)).to.have.length(4)
  })

  it('answers no more a day than the limits say, and says so once', async () => {
    const plugin = await bot(await startModel(), {
      limits: { account: 2, total: 4 },
      say: { limit: 'Until tomorrow.' },
    })
    for (const text of ['a', 'b', 'c', 'd']) await plugin.after(C2C, said(text))
    expect(texts(plugin)).to.deep.equal(['You said: a', 'You said: b', 'Until tomorrow.'])
    for (const from of ['x', 'y', 'z']) await plugin.after(C2C, said('hello', from))
    expect(texts(plugin).slice(3)).to.deep.equal(['You said: hello', 'You said: hello'])
  })

  it('does not answer what is old after an outage', async () => {
    const plugin = await bot(await startModel(), { maxAge: 1 })
    // The test's clock stands still, and the plugin's own time is ahead of it by then.
    while (Date.now() - plugin.clock.now() <= 1) await new Promise((resolve) => setImmediate(resolve))
    await plugin.after(C2C, said('hello'))
    expect(plugin.counts('ignored')).to.deep.equal([{ labels: { why: 'old' }, value: 1 }])
  })

  it('asks the model again while it fails, then says that it failed', async () => {
    const model = await startModel()
    const plugin = await bot(model, { say: { failed: 'Try later.' } })
    model.faults.push({ status: 500 }, 'drop')
    await plugin.after(C2C, said('hello')).catch(() => undefined)
    await plugin.clock.advance('10m')
    expect(texts(plugin)).to.deep.equal(['You said: hello'])
    model.faults.push({ status: 500 }, { status: 500 }, { status: 500 })
    const dead = plugin.bus.next('callback:dead')
    await plugin.after(C2C, said('once more')).catch(() => undefined)
    await plugin.clock.advance('10m')
    await dead
    expect(texts(plugin)).to.deep.equal(['You said: hello', 'Try later.'])
  })

  it('ends an answer that breaks off, and does not begin it anew', async () => {
    const model = await startModel()
    model.faults.push('break off')
    model.say = () => ['this much', ' and']
    const plugin = await bot(model, { show: 'stream', piece: 5 })
    await plugin.after(C2C, said('hello'))
    const shown = plugin.rest.calls.map(({ request }) => request as { Chunk: string; Finish: number })
    expect(shown.map(({ Chunk, Finish }) => [Chunk, Finish])).to.deep.equal([
      ['this much', 0],
      ['…', 1],
    ])
    expect(plugin.counts('answers')).to.deep.equal([{ labels: { outcome: 'broken' }, value: 1 }])
  })

  it('logs nothing of what was said, nor the key', async () => {
    const model = await startModel()
    const plugin = await bot(model, { show: 'edit', piece: 1 })
    const failures: string[] = []
    plugin.bus.on('handler:failed', ({ error }) => void failures.push(String(error?.message)))
    model.faults.push({ status: 500 }, 'break off')
    await plugin.after(C2C, said('text-that-nobody-may-log')).catch(() => undefined)
    await plugin.clock.advance('10m')
    const written = JSON.stringify([failures, plugin.log.entries])
    expect(failures).to.deep.equal(['the model answered HTTP 500'])
    expect(plugin.log.at('warn')).to.have.length(1)
    expect(written).not.to.contain('nobody-may-log').and.not.to.contain('sk-key')
  })

  it('refuses to stream from an account that is no chatbot', async () => {
    const fault = await bot(await startModel(), { account: 'helper', show: 'stream' }).catch(
      (error: Error) => error.message,
    )
    expect(fault).to.contain('options.show: only a chatbot')
  })
})
