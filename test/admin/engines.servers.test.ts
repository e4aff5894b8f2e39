import { expect } from 'chai'
import type { DeliveryInput } from '../../config/sections/delivery.ts'
import { entry, full, FULL } from '../harness/plugin.ts'
import { describeWithPostgres, startPostgres } from '../harness/servers/postgres.ts'
import { describeWithRedis, startRedis } from '../harness/servers/redis.ts'
import { serveAdmin } from './support.ts'

/** The same on every engine that several processes share. */
function itAnswers(engine: () => Promise<DeliveryInput>): void {
  it('lists, finds, counts, retries once, pauses and streams', async () => {
    const calls: string[] = []
    let works = false
    const plugin = entry('fails', {
      [FULL]: {
        retry: { attempts: 1 },
        handle({ body }) {
          calls.push(body.GroupId)
          if (!works) throw new Error('no good')
        },
      },
    })
    const server = await serveAdmin({ bodies: true }, { delivery: await engine(), plugins: [plugin] })
    for (let n = 0; n < 5; n++) await server.post(FULL, full({ GroupId: `@TGS#${n}`, EventTime: 1000 + n }))
    const letters = async (): Promise<{ ref: string }[]> => (await server.get('/api/dead-letters')).json.letters
    while ((await letters()).length < 5);
    const seen: string[] = []
    for (let place = ''; ;) {
      const { json } = await server.get(`/api/events?limit=2${place}`)
      seen.push(...json.entries.map(({ group }: { group: string }) => group))
      if (json.end) break
      place = `&place=${json.place}`
    }
    expect(seen).to.deep.equal([4, 3, 2, 1, 0].map((n) => `@TGS#${n}`))
    const found = (await server.get('/api/events?group=%40TGS%233')).json.entries
    expect(found).to.have.length(1)
    const { json: detail } = await server.get(`/api/events/${found[0].id}?body=1`)
    expect(JSON.parse(detail.body)).to.include({ GroupId: '@TGS#3' })
    expect(detail.timeline.at(-1)).to.deep.include({ kind: 'dead', plugin: 'fails' })
    for (const ref of ['nothing', '0', '-1', '1-1', 'a:b:c', '99999999999999999999'])
      expect((await server.get(`/api/dead-letters?before=${ref}`)).status, ref).to.equal(200)
    expect(
      (await server.change('/api/dead-letters/retry', { refs: ['nothing', '1:2:x', '7'] })).json.gone,
    ).to.be.at.least(1)
    works = true
    calls.length = 0
    const all = { plugin: 'fails', all: true, count: (await letters()).length }
    const done = server.bus.next('handler:done')
    const answers = await Promise.all([1, 2].map(() => server.change('/api/dead-letters/retry', all)))
    await done
    const counted = answers.map(({ status, json }) => (status === 200 ? Number(json.count) : 0))
    expect(counted.reduce((sum, count) => sum + count, 0)).to.equal(all.count)
    while (calls.length < all.count) await server.bus.next('handler:done')
    expect(new Set(calls).size).to.equal(calls.length)
    expect((await server.change('/api/plugins/fails/pause', { reason: 'a test' })).json.count).to.equal(1)
    const [paused] = (await server.get('/api/plugins')).json.plugins
    expect(paused).to.include({ state: 'paused', reason: 'timhook pause: a test' })
    expect((await server.change('/api/plugins/fails/resume')).json.count).to.equal(1)
  })
}

describeWithRedis('the admin API on redis', () => {
  itAnswers(async () => ({ engine: 'redis', redis: { url: (await startRedis()).url } }))
})

describeWithPostgres('the admin API on postgres', () => {
  itAnswers(async () => ({ engine: 'postgres', postgres: { url: (await startPostgres()).url } }))
})
