import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect } from 'chai'
import { connectTracing } from '../../core/observe/tracing.ts'
import { startFake } from '../fakes/tencent-rest/fake.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, entry, FULL, full, message } from '../harness/plugin.ts'
import { serve, type TestServer, UNSIGNED_APP } from '../harness/server.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const HEADER = `00-${TRACE}-${PARENT}-01`

/** A tracer as an app registers one, until the test is over. */
function withTracer(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  stopAfterTest(async () => {
    trace.disable()
    context.disable()
    propagation.disable()
    await connectTracing()
  })
  return exporter
}

const post = ({ request }: TestServer, command: string, body: object, traceparent?: string): Promise<unknown> =>
  request(`?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${command}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { ...(traceparent !== undefined && { traceparent }) },
  })

describe('traces', () => {
  it('go from the sender through the store to the handler and its REST calls, over a restart', async () => {
    const exporter = withTracer()
    const fake = await startFake({ sdkAppId: UNSIGNED_APP, secretKey: 'key' })
    stopAfterTest(() => fake.close())
    const rest = { baseUrl: `${fake.url}/`, identifier: fake.identifier, secretKey: 'key' }
    const apps = [{ sdkAppId: UNSIGNED_APP, unsigned: true, rest }]
    const delivery = { engine: 'sqlite' as const, sqlite: { file: `${await folderWith({})}/a.db` } }
    const fails = entry('crm', { [FULL]: () => Promise.reject(new RangeError('secret text')) })
    const first = await serve({ apps, delivery, plugins: [{ ...fails, retry: { minMs: 1, maxMs: 1 } }] })
    const failed = first.bus.next('handler:failed')
    await post(first, FULL, full(), HEADER)
    await failed
    await first.server.stop({ drainMs: 0, graceMs: 1000 })
    const handle = async ({ rest }: { rest: { getGroupInfo: (body: object) => Promise<unknown> } }): Promise<void> => {
      await rest.getGroupInfo({ GroupIdList: ['@TGS#public'] })
    }
    const second = await serve({ apps, delivery, plugins: [entry('crm', { [FULL]: handle as never })] })
    await second.bus.next('handler:done')
    const spans = exporter.getFinishedSpans()
    const sent = spans.find(({ name }) => name === `send ${FULL}`)
    expect(sent?.kind).to.equal(SpanKind.PRODUCER)
    expect(sent?.parentSpanContext?.spanId).to.equal(PARENT)
    const processed = spans.filter(({ name }) => name === `process ${FULL}`)
    expect(processed.length).to.be.at.least(2)
    for (const span of processed) {
      expect(span.kind).to.equal(SpanKind.CONSUMER)
      expect(span.spanContext().traceId).to.equal(TRACE)
      expect(span.parentSpanContext?.spanId).to.equal(sent?.spanContext().spanId)
      expect(span.attributes).to.include({ 'messaging.destination.name': FULL, 'messaging.consumer.group.name': 'crm' })
    }
    expect(processed[0]?.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'RangeError' })
    expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.to.contain('secret text')
    const last = processed.at(-1)?.spanContext().spanId
    const call = spans.find(({ name }) => name === 'call group_open_http_svc/get_group_info')
    expect([call?.kind, call?.parentSpanContext?.spanId]).to.deep.equal([SpanKind.CLIENT, last])
    expect(call?.status.code).to.equal(SpanStatusCode.UNSET)
    expect(fake.calls.at(-1)?.headers['traceparent']).to.equal(`00-${TRACE}-${call?.spanContext().spanId}-01`)
  })

  it('have a span of a REST call that fails, with the code of its error and no secret', async () => {
    const exporter = withTracer()
    const fake = await startFake({ sdkAppId: UNSIGNED_APP, secretKey: 'key' })
    stopAfterTest(() => fake.close())
    const rest = { baseUrl: `${fake.url}/`, identifier: fake.identifier, secretKey: 'another key' }
    const handle = async ({ rest }: { rest: { getGroupInfo: (body: object) => Promise<unknown> } }): Promise<void> => {
      await rest.getGroupInfo({ GroupIdList: ['@TGS#public'] })
    }
    const server = await serve({
      apps: [{ sdkAppId: UNSIGNED_APP, unsigned: true, rest }],
      plugins: [{ ...entry('crm', { [FULL]: handle as never }), retry: { attempts: 1 } }],
    })
    const dead = server.bus.next('callback:dead')
    await post(server, FULL, full())
    await dead
    const call = exporter.getFinishedSpans().find(({ name }) => name.startsWith('call '))
    expect(call?.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'REST_REFUSED' })
    expect(call?.attributes).to.include({ 'rpc.method': 'get_group_info', 'error.type': 'REST_REFUSED' })
    expect(JSON.stringify([call?.attributes, call?.events])).not.to.match(/usersig|another key/)
  })

  it('have the handlers of a before-callback below its span, and a new trace if the sender has none', async () => {
    const exporter = withTracer()
    const server = await serve({ plugins: [entry('words', { [BEFORE]: async ({ reject }) => reject() })] })
    await post(server, BEFORE, message())
    const [handled, received] = exporter.getFinishedSpans()
    expect([received?.name, received?.kind]).to.deep.equal([`receive ${BEFORE}`, SpanKind.SERVER])
    expect(received?.parentSpanContext).to.equal(undefined)
    expect(handled?.parentSpanContext?.spanId).to.equal(received?.spanContext().spanId)
  })

  it('are handed on without a tracer too, and only where the header is one', async () => {
    for (const [header, stored] of [
      [HEADER, HEADER],
      ['nonsense', undefined],
      [`00-${'0'.repeat(32)}-${PARENT}-01`, undefined],
      [undefined, undefined],
    ] as const) {
      const server = await serve({
        plugins: [entry('reads', { [FULL]: ({ query, emit }) => emit('query', query['traceparent']) })],
      })
      const got = server.bus.next('plugin:reads:query')
      await post(server, FULL, full(), header)
      expect(await got).to.equal(stored)
    }
  })

  it('have names of callbacks that are known alone', async () => {
    const exporter = withTracer()
    const server = await serve()
    await post(server, 'Group.CallbackMadeUp', { a: 1 })
    expect(exporter.getFinishedSpans().map(({ name }) => name)).to.deep.equal(['send unknown'])
  })

  it('come with channels of node:diagnostics_channel, for each event of the bus', async () => {
    const events: unknown[] = []
    const listen = (event: unknown): void => void events.push(event)
    subscribe('timhook:handler:done', listen)
    stopAfterTest(async () => void unsubscribe('timhook:handler:done', listen))
    const server = await serve({ plugins: [entry('words', { [BEFORE]: () => undefined })] })
    await post(server, BEFORE, message())
    expect(events).to.have.length(1)
    expect(events[0]).to.include({ plugin: 'words', command: BEFORE })
  })
})
