import { expect } from 'chai'
import { FULL } from '../../harness/plugin.ts'
import { serve, signed, type TestServer, UNSIGNED_APP } from '../../harness/server.ts'

const plugins = [{ use: 'group-full' }]

async function recorded({ server, bus, post }: TestServer, body: object, query = {}): Promise<Record<string, unknown>> {
  const done = bus.next('handler:done')
  expect((await post(FULL, body, query)).status).to.equal(200)
  await done
  const [newest] = await server.running.stores.of('group-full').records('full')
  return newest?.data as Record<string, unknown>
}

describe('group-full', () => {
  it('records who is full, when, and from where', async () => {
    const running = await serve({ plugins })
    const before = Date.now()
    const record = await recorded(
      running,
      { CallbackCommand: FULL, GroupId: '@TGS#2J4SZEAEL', EventTime: 1670574414123, TopicId: '@TOPIC#1' },
      { ...signed(), ClientIP: '203.0.113.7', OptPlatform: 'iOS' },
    )
    expect(record).to.include({
      app: 1400000002,
      group: '@TGS#2J4SZEAEL',
      topic: '@TOPIC#1',
      eventTime: 1670574414123,
      eventTimeGiven: 'number',
      clientIp: '203.0.113.7',
      platform: 'iOS',
      signed: true,
      maybeResend: false,
    })
    expect(record['receivedAt']).to.be.within(before, Date.now())
    expect(record['id']).to.be.a('string')
  })

  it('takes the time as a digit string, as the documents print it', async () => {
    const record = await recorded(await serve({ plugins }), { GroupId: 'g', EventTime: '1670574414123' })
    expect(record).to.include({ app: UNSIGNED_APP, eventTime: 1670574414123, eventTimeGiven: 'string' })
  })

  it('takes the time of receipt where there is none, as in the bodies of 2020', async () => {
    const record = await recorded(await serve({ plugins }), { CallbackCommand: FULL, GroupId: '@TGS#2J4SZEAEL' })
    expect(record).to.include({ eventTimeGiven: 'absent', eventTime: record['receivedAt'] })
  })

  it('takes ten digits for seconds, and the time of receipt for one that cannot be right', async () => {
    const running = await serve({ plugins })
    const seconds = await recorded(running, { GroupId: 'a', EventTime: 1670574414 })
    expect(seconds).to.include({ eventTime: 1670574414000, eventTimeRaw: 1670574414 })
    const quoted = await recorded(running, { GroupId: 'b', EventTime: '1670574414' })
    expect(quoted).to.include({ eventTime: 1670574414000, eventTimeRaw: '1670574414' })
    for (const [at, wrong] of [0, -1, 7, 999999999, 1000000000, 1262303999999, '9007199254740993'].entries()) {
      const record = await recorded(running, { GroupId: `g${at}`, EventTime: wrong })
      expect(record).to.include({ eventTime: record['receivedAt'], eventTimeGiven: 'wrong', eventTimeRaw: wrong })
    }
  })

  it('tells observers', async () => {
    const { post, bus } = await serve({ plugins: [{ use: 'group-full', id: 'rooms' }] })
    const told = bus.next('plugin:rooms:full')
    await post(FULL, { GroupId: 'g' })
    expect(await told).to.include({ group: 'g' })
  })
})
