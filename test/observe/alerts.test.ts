import { expect } from 'chai'
import type { DeliveryStats } from '../../core/delivery/delivery.ts'
import { type Alerts, watchAlerts } from '../../core/observe/alerts/alerts.ts'
import { Bus, type BusEvents } from '../../core/observe/bus.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { FULL } from '../harness/plugin.ts'
import { eventsOf, serve, signed } from '../harness/server.ts'

const MINUTE = 60_000
const about = { id: 'a', sdkAppId: 1, command: FULL }

interface Watched {
  bus: Bus
  alerts: Alerts
  raised: BusEvents['alert:raised'][]
  cleared: BusEvents['alert:cleared'][]
  stats: { plugins: DeliveryStats['plugins'] }
  /** Lets time pass, and applies the rules. */
  pass: (ms: number) => Promise<void>
  now: () => number
}

function watch(silenceMs = 0): Watched {
  const bus = new Bus()
  let at = Date.now()
  const stats: Watched['stats'] = { plugins: [] }
  const now = (): number => at
  const alerts = watchAlerts({ bus, stats: async () => stats, silenceMs, now, tickMs: 1_000_000 })
  stopAfterTest(async () => alerts.stop())
  return {
    bus,
    alerts,
    raised: eventsOf(bus, 'alert:raised'),
    cleared: eventsOf(bus, 'alert:cleared'),
    stats,
    now,
    async pass(ms) {
      at += ms
      await alerts.check()
    },
  }
}

describe('alerts', () => {
  it('are raised once for dead letters of a plugin, however many, and cleared when no more come', async () => {
    const { bus, raised, cleared, pass } = watch()
    for (let n = 0; n < 50; n++) bus.emit('callback:dead', { ...about, plugin: 'crm', error: 'x' })
    bus.emit('callback:dead', { ...about, plugin: 'other', error: 'x' })
    bus.emit('callback:dead', { ...about, error: 'not accepted' })
    expect(raised.map(({ rule, plugin }) => [rule, plugin])).to.deep.equal([
      ['dead-letters', 'crm'],
      ['dead-letters', 'other'],
    ])
    await pass(5 * MINUTE)
    expect(cleared).to.deep.equal([])
    await pass(6 * MINUTE)
    expect(cleared.map(({ plugin, lastedMs }) => [plugin, lastedMs])).to.deep.equal([
      ['crm', 11 * MINUTE],
      ['other', 11 * MINUTE],
    ])
  })

  it('come again every hour while they last', async () => {
    const { bus, raised, cleared, pass } = watch()
    bus.emit('store:full', { since: undefined })
    for (let n = 0; n < 130; n++) await pass(MINUTE)
    expect(raised.map(({ rule }) => rule)).to.deep.equal(['disk-full', 'disk-full', 'disk-full'])
    bus.emit('store:room', { since: undefined })
    expect(cleared).to.have.length(1)
    expect(cleared[0]?.lastedMs).to.equal(130 * MINUTE)
  })

  it('report a plugin that has been on hold for a minute, until it gets callbacks again', async () => {
    const { stats, raised, cleared, pass } = watch()
    stats.plugins = [{ plugin: 'crm', backlog: 3, held: { reason: 'https://10.0.0.1 is down' } }]
    await pass(0)
    await pass(MINUTE / 2)
    stats.plugins = [{ plugin: 'crm', backlog: 0 }]
    await pass(MINUTE)
    expect(raised).to.deep.equal([])
    stats.plugins = [{ plugin: 'crm', backlog: 1, held: { reason: 'https://10.0.0.1 is down' } }]
    await pass(0)
    await pass(MINUTE)
    await pass(MINUTE)
    expect(raised.map(({ rule, plugin }) => [rule, plugin])).to.deep.equal([['held', 'crm']])
    expect(raised[0]?.text).to.contain('1 callback waits').and.not.contain('10.0.0.1')
    stats.plugins = [{ plugin: 'crm', backlog: 0 }]
    await pass(MINUTE)
    expect(cleared.map(({ rule }) => rule)).to.deep.equal(['held'])
  })

  it('report a plugin that is behind, until it has caught up', async () => {
    const { stats, raised, cleared, pass, now } = watch()
    const oldestAt = now()
    stats.plugins = [{ plugin: 'slow', backlog: 3, oldestAt }]
    await pass(4 * MINUTE)
    expect(raised).to.deep.equal([])
    await pass(2 * MINUTE)
    expect(raised[0]).to.include({
      rule: 'backlog',
      plugin: 'slow',
      text: 'plugin slow is 6 min behind: it is slow, fails or is held',
    })
    stats.plugins = [{ plugin: 'slow', backlog: 0 }]
    await pass(MINUTE)
    expect(cleared).to.have.length(1)
  })

  it('report a plugin whose every call fails for minutes, and not one that fails now and then', async () => {
    const { bus, raised, cleared, pass } = watch()
    const call = (plugin: string, isFailure: boolean): void => {
      bus.counts.handler(plugin).seconds.observe(1)
      if (isFailure) bus.emit('handler:failed', { ...about, plugin, attempt: 1, reason: 'threw' })
    }
    for (let n = 0; n < 5; n++) {
      call('down', true)
      call('shaky', true)
      call('shaky', false)
      await pass(MINUTE)
    }
    expect(raised.map(({ rule, plugin }) => [rule, plugin])).to.deep.equal([['plugin-failing', 'down']])
    call('down', false)
    await pass(MINUTE)
    expect(cleared.map(({ plugin }) => plugin)).to.deep.equal(['down'])
  })

  it('tell that no callback comes, from the start on, and that one has come', async () => {
    const { bus, raised, cleared, pass } = watch(30 * MINUTE)
    await pass(29 * MINUTE)
    expect(raised).to.deep.equal([])
    await pass(2 * MINUTE)
    expect(raised[0]).to.include({ rule: 'no-callbacks' })
    bus.counts.answered({ sdkAppId: 1, command: FULL, startedAt: 0 }, 'after', 'allow', performance.now())
    await pass(0)
    expect(cleared).to.have.length(1)
    const never = watch(0)
    await never.pass(10_000 * MINUTE)
    expect(never.raised).to.deep.equal([])
  })

  it('report a clock that is wrong, a store that takes nothing and one that is lost', async () => {
    const started = await serve()
    const raised = eventsOf(started.bus, 'alert:raised')
    await started.post(FULL, {}, signed(undefined, Date.now() + 3_600_000))
    started.bus.emit('delivery:failed', { ...about, error: new Error('no') })
    started.bus.emit('store:lost', { error: new Error('gone'), isOpen: false })
    expect(raised.map(({ rule }) => rule)).to.deep.equal(['clock-skew', 'not-stored', 'store-lost'])
    expect(raised[0]?.text).to.match(/RequestTime is 3(599|600|601) s ahead of the clock/)
    expect(started.lines.filter((line) => line.includes('"alert: '))).to.have.length(3)
  })

  it('warn two weeks before a certificate expires, until it is replaced', async () => {
    const bus = new Bus()
    const [raised, cleared] = [eventsOf(bus, 'alert:raised'), eventsOf(bus, 'alert:cleared')]
    const day = 24 * 60 * MINUTE
    let expiresAt = 15 * day
    const certificates = (): [string, number][] => [['server', expiresAt]]
    const stats = async (): Promise<{ plugins: [] }> => ({ plugins: [] })
    let time = 0
    const alerts = watchAlerts({ bus, stats, silenceMs: 0, certificates, now: () => time })
    await alerts.check()
    expect(raised).to.deep.equal([])
    time = 2 * day
    await alerts.check()
    expect(raised[0]?.text).to.equal(
      'a certificate has to be renewed, then SIGHUP: server.tls ends on 1970-01-16T00:00:00.000Z',
    )
    expiresAt = 90 * day
    await alerts.check()
    expect(cleared).to.have.length(1)
    alerts.stop()
  })
})
