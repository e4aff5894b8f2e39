import type { Count, Log } from 'timhook/plugin'
import { createCloudEventsFormat } from './format/cloudevents.ts'
import type { Format } from './format/message.ts'
import { createSignWebhook } from './format/sign-webhook.ts'
import { createStandardWebhooksFormat } from './format/standard-webhooks.ts'
import { createTencentFormat } from './format/tencent.ts'
import { limitOf, type Options, secretsOf } from './options.ts'
import { Circuit } from './send/circuit.ts'
import { connect, type Way } from './send/connect.ts'
import { Rate } from './send/rate.ts'
import { Watch } from './send/watch.ts'

/** Where callbacks are forwarded to, and its state. */
export interface Target extends Way {
  /** Scheme, host and port: the path may be a secret. */
  readonly origin: string
  /** Names and values alternately. */
  readonly headers: readonly string[]
  readonly watch: Watch
  readonly write: Format
  readonly circuit: Circuit
  readonly rate: Rate | undefined
  /** How long an answer may take, milliseconds. */
  readonly limitMs: number
}

interface TargetDeps {
  readonly options: Options
  readonly log: Log
  readonly count: Count
  readonly emit: (name: string, data: unknown) => void
}

export function createTarget({ options, log, count, emit }: TargetDeps): Target {
  const url = new URL(options.url)
  const { origin } = url
  const onChange = (isOpen: boolean, openMs: number): void => {
    emit('circuit', { open: isOpen, target: origin })
    if (isOpen) {
      count('circuit_opened')
      log.warn({ target: origin }, `circuit opened: ${origin} keeps failing, and callbacks wait until it answers`)
    } else log.info({ target: origin, openMs: Math.round(openMs) }, `circuit closed: ${origin} answers again`)
  }
  return {
    ...connect(options),
    origin,
    headers: headersOf(url, options.headers),
    watch: new Watch(),
    write: formatOf(options, url),
    circuit: new Circuit(options.circuit || undefined, onChange),
    limitMs: limitOf(options),
    rate: options.rate === undefined ? undefined : new Rate(options.rate),
  }
}

function formatOf({ format, token, secret }: Options, url: URL): Format {
  if (format === 'tencent') return createTencentFormat(url, token)
  const sign = createSignWebhook(secretsOf(secret))
  return format === 'cloudevents' ? createCloudEventsFormat(url, sign) : createStandardWebhooksFormat(url, sign)
}

/** The headers that are the same in every request, so without `traceparent`. */
function headersOf(url: URL, given: Options['headers']): string[] {
  const { traceparent: _, ...others } = given
  return Object.entries({ ...authorizationOf(url), ...others, 'user-agent': 'timhook' }).flat()
}

/** User and password of the URL. */
function authorizationOf({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
