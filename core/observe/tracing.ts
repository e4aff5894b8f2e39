import type * as OpenTelemetry from '@opentelemetry/api'
import type { Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { TimhookError } from '../errors.ts'
import { commands } from '../protocol/commands.ts'
import { UNKNOWN } from './counts.ts'

type Api = typeof OpenTelemetry

/** What the span of a callback or a handler call is about. */
export interface Traced {
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
}

const GLOBAL = Symbol.for('opentelemetry.js.api.1')
const NAME = 'traceparent'
/** Version 00 of W3C Trace Context; all zeros are no ids. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/
const STORED = /(?:^|&)traceparent=(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})$/

/** The API of OpenTelemetry, if the process has registered a tracer before the server started. */
let api: Api | undefined

/** Looks for a tracer. Without one the API is not even imported. */
export async function connectTracing(): Promise<void> {
  const registered = (globalThis as { [GLOBAL]?: { trace?: unknown } })[GLOBAL]
  api = registered?.trace === undefined ? undefined : await import('@opentelemetry/api').catch(() => undefined)
}

/**
 * Runs the handling of a callback in a new span, below the trace that the sender named.
 * @param run gets the query to store, which ends with the `traceparent` of the span, or with that of the sender
 */
export function traceCallback<T>(
  about: Traced,
  phase: 'before' | 'after',
  { query, traceparent }: { query: string; traceparent: string | undefined },
  run: (query: string) => T,
): T {
  const parent = traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent : undefined
  if (!api) return run(parent === undefined ? query : withTrace(query, parent))
  const { SpanKind } = api
  // Storing a callback counts as sending a message, which the handlers of plugins process.
  const [operation, kind] = phase === 'after' ? ['send', SpanKind.PRODUCER] : ['receive', SpanKind.SERVER]
  return inSpan(api, { about, operation, kind, parent }, (own) => run(withTrace(query, own)))
}

/** Runs a handler call in a new span, below that of its callback. */
export function traceHandler<T>(about: Traced & { query: string }, plugin: string, attempt: number, run: () => T): T {
  if (!api) return run()
  const attributes = { 'messaging.consumer.group.name': plugin, 'timhook.attempt': attempt }
  const kind = api.SpanKind.CONSUMER
  return inSpan(api, { about, operation: 'process', kind, parent: traceOf(about.query), attributes }, run)
}

/** Runs a call of the REST API in a new span, below the current one. */
export async function traceCall<T>(
  { sdkAppId, api: name }: { readonly sdkAppId: number; readonly api: string },
  run: () => Promise<T>,
): Promise<T> {
  if (!api) return run()
  const [service = '', method = ''] = name.split('/')
  const { trace, context, SpanKind, SpanStatusCode } = api
  const attributes = {
    'rpc.system': 'tencent_im',
    'rpc.service': service,
    'rpc.method': method,
    'timhook.sdk_app_id': sdkAppId,
  }
  const span = trace.getTracer('timhook').startSpan(`call ${name}`, { kind: SpanKind.CLIENT, attributes })
  const result = context.with(trace.setSpan(context.active(), span), run)
  endWith(span, result, SpanStatusCode.ERROR)
  return result
}

/** Whether spans are created at all. */
export function isTracing(): boolean {
  return api !== undefined
}

/** The `traceparent` to pass on: that of the current span, or without a tracer the one stored with the callback. */
export function currentTrace(query: string): string | undefined {
  return traceHeaders()[NAME] ?? traceOf(query)
}

/** The headers that pass on the current trace. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  if (api) api.propagation.inject(api.context.active(), headers)
  return headers
}

/** The `traceparent` that is stored with a callback. */
function traceOf(query: string): string | undefined {
  return STORED.exec(query)?.[1]
}

function withTrace(query: string, traceparent: string | undefined): string {
  if (traceparent === undefined) return query
  return `${query}${query === '' ? '' : '&'}${NAME}=${traceparent}`
}

interface SpanOptions {
  readonly about: Traced
  readonly operation: string | undefined
  readonly kind: SpanKind | undefined
  readonly parent: string | undefined
  readonly attributes?: Readonly<Record<string, string | number>>
}

function inSpan<T>(
  { trace, context, propagation, ROOT_CONTEXT, SpanStatusCode }: Api,
  { about, operation = '', kind, parent, attributes }: SpanOptions,
  run: (traceparent: string | undefined) => T,
): T {
  const outer = parent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { [NAME]: parent })
  const command = commands.has(about.command) ? about.command : UNKNOWN
  const span = trace.getTracer('timhook').startSpan(
    `${operation} ${command}`,
    {
      ...(kind !== undefined && { kind }),
      attributes: {
        'messaging.system': 'tencent_im',
        'messaging.operation.name': operation,
        'messaging.operation.type': operation,
        'messaging.destination.name': command,
        'messaging.message.id': about.id,
        'timhook.sdk_app_id': about.sdkAppId,
        ...attributes,
      },
    },
    outer,
  )
  const inner = trace.setSpan(outer, span)
  const headers: Record<string, string> = {}
  propagation.inject(inner, headers)
  try {
    const result = context.with(inner, () => run(headers[NAME]))
    endWith(span, result, SpanStatusCode.ERROR)
    return result
  } catch (error) {
    endFailed(span, error, SpanStatusCode.ERROR)
    throw error
  }
}

/** Ends a span with its result, now or once the result is settled. */
function endWith(span: Span, result: unknown, failed: SpanStatusCode): void {
  const { then } = (result ?? {}) as { then?: unknown }
  if (typeof then !== 'function') {
    span.end()
    return
  }
  then.call(
    result,
    () => span.end(),
    (error: unknown) => endFailed(span, error, failed),
  )
}

/** The message of an error may quote that of a callback, so only its name or code is recorded. */
function endFailed(span: Span, error: unknown, code: SpanStatusCode): void {
  const name = error instanceof TimhookError ? error.code : error instanceof Error ? error.name : typeof error
  span.setStatus({ code, message: name })
  span.setAttribute('error.type', name)
  span.end()
}
