import { expect } from 'chai'
import type { ViewRows } from '../../../core/plugin.ts'
import { createMemoryStores } from '../../../core/store/memory.ts'
import { Status, statusRows } from '../../../plugins/notify/status.ts'
import { startWebhook } from '../../fakes/chat-webhooks.ts'
import { serve } from '../../harness/server.ts'

const states = (rows: ViewRows): unknown[][] => rows.map(({ state, lines, why }) => [state, lines, why])
const log = { warn: () => undefined }

describe('notify status', () => {
  it('adds up what all processes have saved, with the newest reason', async () => {
    const store = createMemoryStores().of('notify')
    const left = [3, 0]
    const statuses = left.map((lines) => new Status({ store, log, waiting: () => lines }))
    expect(states(await statusRows(store))).to.deep.equal([
      ['sent', 0, ''],
      ['waiting', 0, ''],
    ])
    for (const { note } of statuses) {
      note('sent', 2)
      note('failed', 1, 'HTTP 500')
      note('throttled', 4, 'plugin:moderate:review')
    }
    statuses[0]?.note('waiting', 3, '45009')
    for (const status of statuses) await status.close()
    expect(states(await statusRows(store))).to.deep.equal([
      ['sent', 4, ''],
      ['failed', 2, 'HTTP 500'],
      ['throttled', 8, 'plugin:moderate:review'],
      ['waiting', 3, '45009'],
    ])
  })

  it('says that lines are lost whose process ended without sending them', async () => {
    const store = createMemoryStores().of('notify')
    const status = new Status({ store, log, waiting: () => 3 })
    status.note('waiting', 3, 'ECONNREFUSED')
    await status.close()
    expect(states(await statusRows(store, Date.now() + 60_000))).to.deep.include(['waiting', 3, 'ECONNREFUSED'])
    expect(states(await statusRows(store, Date.now() + 120_000))).to.deep.equal([
      ['sent', 0, ''],
      ['lost', 3, 'ECONNREFUSED'],
      ['waiting', 0, ''],
    ])
  })

  it('neither holds up nor fails what sends where the store fails, and warns once', async () => {
    const warned: unknown[] = []
    const status = new Status({
      store: { set: () => Promise.reject(new Error('disk full')) },
      log: { warn: (...line: unknown[]) => void warned.push(line) },
      waiting: () => 0,
    })
    for (let n = 0; n < 3; n++) {
      status.note('sent', 1)
      await status.close()
    }
    const hanging = new Status({ store: { set: () => new Promise(() => undefined) }, log, waiting: () => 0 })
    hanging.note('sent', 1)
    await hanging.close()
    expect(warned).to.have.length(1)
  })

  it('counts from end to end what was sent, failed and dropped, and keeps no text', async () => {
    const fake = await startWebhook('json')
    const { bus, server } = await serve({ plugins: [{ use: 'notify', options: { url: fake.url } }] })
    const raise = (text: string): void => bus.emit('alert:raised', { rule: 'backlog', since: 1, text })
    const first = fake.next()
    raise('the first')
    await first
    for (let n = 0; n < 202; n++) raise(`nobody-may-see-this ${n}`)
    fake.script.push('hang up')
    const store = server.running.stores.of('notify')
    await server.stop({ drainMs: 0, graceMs: 0 })
    const rows = await statusRows(store)
    expect(states(rows).map(([state, lines]) => [state, lines])).to.deep.equal([
      ['sent', 1],
      ['failed', 200],
      ['dropped', 2],
      ['waiting', 0],
    ])
    expect(JSON.stringify(await store.list('')))
      .not.to.contain('nobody-may-see-this')
      .and.not.to.contain('the-key')
  })
})
