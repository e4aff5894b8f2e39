import { expect } from 'chai'
import { definePlugin, GiveUp, RetryAfter } from '../../core/plugin.ts'
import { FULL, full } from '../harness/plugin.ts'
import { serve } from '../harness/server.ts'
import { faultsOf } from './support.ts'

const shaped = (more: string): Promise<string> =>
  faultsOf({ 'x.mjs': `export default { name: 'x', handlers: {}, ${more} }` }, '  - use: ./x.mjs\n')

describe('observe of a plugin', () => {
  it('gets events of the bus, with the plugin’s state, and everything that another plugin emits', async () => {
    const events: unknown[] = []
    const speaker = definePlugin({
      name: 'speaker',
      handlers: { '*': ({ emit }) => emit('said', { word: 'hello' }) },
    })
    const listener = definePlugin({
      name: 'listener',
      setup: () => ({ own: 'state' }),
      handlers: {},
      observe: {
        'callback:answered': ({ command }, { name, state }) => void events.push([name, command, state.own]),
        'plugin:speaker:said': (data, { name }) => void events.push([name, data]),
        'plugin:speaker:*': (data, { name }) => void events.push([name, data]),
      },
    })
    const { post, bus } = await serve({ plugins: [{ use: speaker }, { use: listener }] })
    const done = bus.next('plugin:speaker:said')
    await post(FULL, full())
    await done
    expect(events).to.have.deep.members([
      ['callback:answered', FULL, 'state'],
      ['plugin:speaker:said', { word: 'hello' }],
      ['plugin:speaker:said', { word: 'hello' }],
    ])
  })

  it('affects nobody with an error, which is logged with the plugin’s name', async () => {
    const observe = {
      'callback:answered': () => {
        throw new Error('from an observer')
      },
      'callback:received': async () => Promise.reject(new Error('later')),
    }
    const { post, bus, lines } = await serve({ plugins: [{ use: definePlugin({ name: 'x', handlers: {}, observe }) }] })
    const failed = Promise.all([
      bus.next('listener:failed', ({ event }) => event === 'callback:answered'),
      bus.next('listener:failed', ({ event }) => event === 'callback:received'),
    ])
    expect((await post(FULL, full())).status).to.equal(200)
    expect((await failed).map(({ plugin }) => plugin)).to.deep.equal(['x', 'x'])
    expect(lines.filter((line) => line.includes('listener failed') && line.includes('"plugin":"x"'))).to.have.length(2)
  })

  it('ends when the plugin is closed', async () => {
    let count = 0
    const observe = { 'callback:answered': () => void count++ }
    const { bus, server } = await serve({ plugins: [{ use: definePlugin({ name: 'x', handlers: {}, observe }) }] })
    await server.stop({ drainMs: 0, graceMs: 20 })
    const about = { id: 'a', sdkAppId: 1, command: FULL, phase: 'after', outcome: 'allow', code: 0 } as const
    bus.emit('callback:answered', { ...about, failed: false, durationMs: 1, bytes: 1 })
    expect(count).to.equal(0)
  })

  it('is refused at start if it is not an object of functions by event', async () => {
    expect(await shaped(`observe: []`)).to.contain('plugin x: observe: expected an object of functions')
    expect(await shaped(`observe: { 'callback:dead': 1 }`)).to.contain('observe["callback:dead"]: expected a function')
    expect(await shaped(`observe: { dead() {} }`)).to.contain('observe["dead"]: expected an event')
  })
})

describe('metrics of a plugin', () => {
  const metrics = { blocked: { type: 'counter', help: 'Blocked.', labels: { level: ['review', 'block'] } } } as const

  it('are counted by labels, from setup, handlers and observers', async () => {
    const use = definePlugin({
      name: 'words',
      metrics,
      setup: ({ count }) => count('blocked', { level: 'review' }, 2),
      handlers: { [FULL]: ({ count }) => count('blocked', { level: 'block' }) },
      observe: { 'handler:done': (_, { count }) => count('blocked', { level: 'review' }) },
    })
    const { post, bus, server } = await serve({ plugins: [{ use, id: 'w' }] })
    const done = bus.next('handler:done')
    await post(FULL, full())
    await done
    const [counter] = server.running.counters.list()
    expect(counter).to.include({ id: 'w', plugin: 'words', name: 'blocked', help: 'Blocked.' })
    expect([...(counter?.series.values() ?? [])]).to.deep.equal([
      { labels: { level: 'review' }, value: 3 },
      { labels: { level: 'block' }, value: 1 },
    ])
  })

  it('are not counted if they are not declared, which is logged once and fails no handler', async () => {
    const use = definePlugin({
      name: 'words',
      metrics,
      handlers: {
        [FULL]: ({ count }) => {
          count('blockt')
          count('blocked', { level: 'high' })
          count('blocked', { level: 'block', room: '1' })
          count('blocked', { level: 'block' }, -1)
        },
      },
    })
    const { post, bus, server, lines } = await serve({ plugins: [{ use }] })
    for (let turn = 0; turn < 2; turn++) {
      const done = bus.next('handler:done')
      await post(FULL, full())
      await done
    }
    expect(server.running.counters.list()[0]?.series.size).to.equal(0)
    const told = lines.flatMap((line) => /count: [^"\\]*/.exec(line)?.[0] ?? [])
    expect(told).to.have.length(4)
    expect(told.join()).to.contain('blocked needs the label level, one of review, block')
  })

  it('are refused at start if their shape is wrong', async () => {
    expect(await shaped(`metrics: { a: { type: 'gauge', help: '' } }`)).to.contain(
      "metrics.a: expected { type: 'counter'",
    )
    expect(await shaped(`metrics: { 'a-b': { type: 'counter', help: '' } }`)).to.contain('not a valid name of a metric')
    expect(await shaped(`metrics: { a: { type: 'counter', help: '', labels: { l: [] } } }`)).to.contain(
      'label l: expected',
    )
  })
})

describe('errors of outcome', () => {
  it('GiveUp makes a dead letter of the first attempt, RetryAfter sets the wait, also from another copy of timhook', async () => {
    const other = Object.assign(new Error('busy'), { code: 'RETRY_AFTER', ms: 3 })
    const errors = [other, new RetryAfter(4, 'still busy'), new GiveUp('gone for good')]
    const use = definePlugin({
      name: 'x',
      handlers: {
        [FULL]: () => {
          throw errors.shift() ?? new Error('called again')
        },
      },
    })
    const { post, bus } = await serve({ plugins: [{ use }] })
    const waits: unknown[] = []
    bus.on('handler:failed', ({ retryMs }) => void waits.push(retryMs))
    const dead = bus.next('callback:dead')
    await post(FULL, full())
    expect((await dead).error).to.contain('gone for good')
    expect(waits).to.deep.equal([3, 4, undefined])
  })
})
