import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { stopAfterTest } from '../../harness/hooks.ts'
import { definePlugin } from '../../../core/plugin.ts'
import { samplesOf, scrape } from '../../harness/metrics.ts'
import { BEFORE, deferred, entry, FULL, full, message } from '../../harness/plugin.ts'
import { serve, signed, SIGNED_APP, type TestServer, UNSIGNED_APP } from '../../harness/server.ts'

const admin = { host: '127.0.0.1', port: 0 }
const sample = async ({ server }: TestServer, name: string): Promise<number | undefined> =>
  samplesOf(await scrape(server.adminUrl)).get(name)

describe('/metrics', () => {
  it('counts callbacks by app, command, phase and outcome, and requests by status and reason', async () => {
    const plugin = entry('words', { [BEFORE]: ({ reject }) => reject(), [FULL]: () => undefined })
    const started = await serve({ admin, plugins: [plugin] })
    await started.post(BEFORE, message())
    await started.post(FULL, full())
    await started.post(FULL, full())
    await started.post(FULL, full(), { SdkAppid: '1' })
    await started.post(FULL, full(), { ...signed(), Sign: 'nonsense' })
    await started.post(FULL, full(), signed(undefined, Date.now() - 3_600_000))
    await started.post(FULL, '[')
    const samples = samplesOf(await scrape(started.server.adminUrl))
    const app = UNSIGNED_APP
    expect(
      samples.get(`timhook_callbacks_total{app="${app}",command="${BEFORE}",phase="before",outcome="reject"}`),
    ).to.equal(1)
    expect(
      samples.get(`timhook_callbacks_total{app="${app}",command="${FULL}",phase="after",outcome="allow"}`),
    ).to.equal(2)
    expect(samples.get('timhook_requests_total{status="200",reason="ok"}')).to.equal(3)
    expect(samples.get('timhook_requests_total{status="403",reason="SdkAppid"}')).to.equal(1)
    expect(samples.get('timhook_requests_total{status="401",reason="Sign"}')).to.equal(1)
    expect(samples.get('timhook_requests_total{status="401",reason="RequestTime"}')).to.equal(1)
    expect(samples.get('timhook_requests_total{status="400",reason="body"}')).to.equal(1)
    expect(samples.get('timhook_clock_skew_seconds')).to.be.within(3599, 3700)
    expect(samples.get('timhook_answer_seconds_count{phase="before"}')).to.equal(1)
    expect(samples.get('timhook_answer_seconds_count{phase="after"}')).to.equal(2)
    expect(samples.get('timhook_verdicts_total{plugin="words",outcome="reject"}')).to.equal(1)
    expect([...samples.keys()].find((key) => key.includes(`${SIGNED_APP}`))).to.equal(undefined)
  })

  it('counts failures, onFailure, retries, dead letters and resends by plugin', async () => {
    const fails = (): never => {
      throw new Error('broken')
    }
    const plugins = [entry('fails', { [BEFORE]: fails, [FULL]: fails }, { retry: { attempts: 2, minMs: 1, maxMs: 1 } })]
    const started = await serve({ admin, plugins })
    const dead = started.bus.next('callback:dead')
    const body = full()
    await started.post(FULL, body)
    await started.post(FULL, body)
    await started.post(BEFORE, message())
    await dead
    const samples = samplesOf(await scrape(started.server.adminUrl))
    expect(samples.get('timhook_handler_failures_total{plugin="fails",reason="threw"}')).to.equal(3)
    expect(samples.get('timhook_on_failure_total{plugin="fails",outcome="allow"}')).to.equal(1)
    expect(samples.get('timhook_retries_total{plugin="fails"}')).to.equal(1)
    expect(samples.get('timhook_dead_letters_total{plugin="fails"}')).to.equal(1)
    expect(samples.get(`timhook_resends_total{command="${FULL}"}`)).to.equal(1)
    expect(samples.get('timhook_handler_seconds_count{plugin="fails"}')).to.equal(3)
  })

  it('has a dead-letter series from the start: an increase from nothing would go unseen', async () => {
    const started = await serve({ admin, plugins: [entry('quiet', { [FULL]: () => undefined })] })
    expect(await sample(started, 'timhook_dead_letters_total{plugin="quiet"}')).to.equal(0)
    expect(await sample(started, 'timhook_requests_total{status="503",reason="store"}')).to.equal(0)
  })

  it('stays small whatever strangers send', async () => {
    const started = await serve({ admin })
    for (let n = 0; n < 50; n++) {
      await started.post(`Group.CallbackMade${n}`, { a: n })
      await started.post(`Group.CallbackBeforeMade${n}`, { a: n })
      await started.request(`/path-${n}?SdkAppid=${n}`, { method: 'POST' })
    }
    const text = await scrape(started.server.adminUrl)
    expect(text).not.to.contain('Made')
    expect(text).not.to.contain('path-')
    expect(
      samplesOf(text).get(
        `timhook_callbacks_total{app="${UNSIGNED_APP}",command="unknown",phase="after",outcome="allow"}`,
      ),
    ).to.equal(50)
    expect(samplesOf(text).get('timhook_requests_total{status="404",reason="path"}')).to.equal(50)
  })

  it('names fields that did not fit by the path of the table, without indices', async () => {
    const started = await serve({ admin, plugins: [entry('any', { [BEFORE]: () => undefined })] })
    const element = { MsgType: 'TIMTextElem', MsgContent: { Text: 7.5 } }
    await started.post(BEFORE, message('', { MsgBody: [element, element, element] }))
    const path = 'MsgBody[].MsgContent.Text'
    expect(await sample(started, `timhook_faults_total{command="${BEFORE}",path="${path}"}`)).to.equal(1)
  })

  it('has what plugins count, by the name of the plugin and the id of the entry', async () => {
    const use = definePlugin({
      name: '@acme/timhook-plugin-word-list',
      metrics: { blocked: { type: 'counter', help: 'Messages blocked.', labels: { level: ['review', 'block'] } } },
      handlers: { [FULL]: ({ count }) => count('blocked', { level: 'block' }) },
    })
    const started = await serve({
      admin,
      plugins: [
        { use, id: 'a' },
        { use, id: 'b' },
      ],
    })
    const done = Promise.all(['a', 'b'].map((id) => started.bus.next('handler:done', ({ plugin }) => plugin === id)))
    await started.post(FULL, full())
    await done
    for (const id of ['a', 'b'])
      expect(await sample(started, `timhook_plugin_word_list_blocked{level="block",plugin="${id}"}`)).to.equal(1)
  })

  it('tells the backlog of a plugin, the age of its oldest callback, and the room of the store', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'timhook-'))
    stopAfterTest(() => rm(folder, { recursive: true, force: true }))
    const called = deferred()
    const held = deferred()
    const handle = async (): Promise<void> => {
      called.resolve()
      await held.promise
    }
    const started = await serve({
      admin,
      plugins: [entry('slow', { [FULL]: handle }), entry('quick', { [FULL]: () => undefined })],
      delivery: { engine: 'sqlite', sqlite: { file: join(folder, 'a.db') } },
    })
    const postedAt = Date.now()
    await started.post(FULL, full())
    await started.post(FULL, full())
    await called.promise
    const samples = samplesOf(await scrape(started.server.adminUrl))
    expect(samples.get('timhook_backlog{plugin="slow"}')).to.equal(2)
    expect(samples.get('timhook_backlog{plugin="quick"}')).to.equal(0)
    const age = samples.get('timhook_backlog_oldest_age_seconds{plugin="slow"}') ?? NaN
    expect(age).to.be.within(0, (Date.now() - postedAt) / 1000)
    expect(age).to.be.greaterThan(0)
    expect(samples.get('timhook_backlog_oldest_age_seconds{plugin="quick"}')).to.equal(0)
    expect(samples.get('timhook_store_bytes')).to.be.greaterThan(4096)
    expect(samples.get('timhook_disk_free_bytes')).to.be.greaterThan(0)
    expect(samples.get('timhook_store_reserve_bytes')).to.be.greaterThan(0)
    held.resolve()
  })
})
