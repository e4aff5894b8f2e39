import { expect } from 'chai'
import { Bus } from '../../core/observe/bus.ts'
import { entry, full, FULL } from '../harness/plugin.ts'
import { eventsOf, serve } from '../harness/server.ts'

describe('observers', () => {
  it('hear what happens to a callback, in order', async () => {
    const { post, bus } = await serve({ plugins: [entry('fine', { [FULL]: async () => undefined })] })
    const names: string[] = []
    for (const name of ['callback:received', 'callback:answered', 'handler:done'] as const) {
      bus.on(name, () => void names.push(name))
    }
    const done = bus.next('handler:done')
    await post(FULL, full())
    await done
    expect(names).to.deep.equal(['callback:received', 'callback:answered', 'handler:done'])
  })

  it('hear of refusals, with the status and the line that was answered', async () => {
    const { request, bus } = await serve()
    const rejected = eventsOf(bus, 'callback:rejected')
    await request('/?SdkAppid=1&CallbackCommand=x', { method: 'POST' })
    expect(rejected).to.have.length(1)
    expect(rejected[0]).to.include({ status: 403, reason: 'SdkAppid: not one of the configured apps' })
  })

  it('hear what a plugin emits, under its id', async () => {
    const plugin = entry('talks', { [FULL]: async ({ emit }) => emit('news', { n: 1 }) }, { id: 'renamed' })
    const { post, bus } = await serve({ plugins: [plugin] })
    const news = bus.next('plugin:renamed:news')
    await post(FULL, full())
    expect(await news).to.deep.equal({ n: 1 })
  })

  it('harm nothing when they throw or reject: others hear, and the callback is answered', async () => {
    const { post, bus, lines } = await serve()
    bus.on('callback:received', () => {
      throw new Error('bad listener')
    })
    bus.on('callback:received', async () => Promise.reject(new Error('bad promise')))
    const later = eventsOf(bus, 'callback:received')
    expect((await post(FULL, full())).status).to.equal(200)
    expect(later).to.have.length(1)
    await new Promise(setImmediate)
    expect(lines.filter((line) => line.includes('listener failed'))).to.have.length(2)
  })

  it('stop hearing when they ask to', () => {
    const bus = new Bus()
    const said: number[] = []
    const stop = bus.on('server:draining', ({ drainMs }) => void said.push(drainMs))
    bus.emit('server:draining', { drainMs: 1 })
    expect(bus.hasListeners('server:draining')).to.equal(true)
    stop()
    bus.emit('server:draining', { drainMs: 2 })
    expect(bus.hasListeners('server:draining')).to.equal(false)
    expect(said).to.deep.equal([1])
  })
})
