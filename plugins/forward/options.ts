import { Duration, readTls, Tls, Type } from 'timhook/plugin'
import { keyOf } from './format/sign-webhook.ts'

const Secret = (pattern: string, expected: string) => Type.String({ pattern, expected, secret: true })
const WebhookSecret = Secret('^whsec_[A-Za-z0-9+/]+=*$', 'whsec_ and the key in base64')

/** The `options` in the config. */
export const options = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s]+$',
      expected: 'a URL that begins with http:// or https:// and has no spaces',
      description: 'Where callbacks are posted; its query is kept',
    }),
    format: Type.Enum(['tencent', 'standard-webhooks', 'cloudevents'], {
      default: 'tencent',
      description:
        'tencent: as Tencent sends it, for receivers made for Tencent; or one of two formats that other tools read',
    }),
    token: Type.Optional(
      Type.String({
        minLength: 1,
        secret: true,
        description:
          "With format tencent: the target's own token, for Sign and RequestTime; without it they are not sent",
      }),
    ),
    secret: Type.Optional(
      Type.Union([WebhookSecret, Type.Array(WebhookSecret, { minItems: 1 })], {
        expected: 'whsec_ and a key of 24 to 64 bytes in base64, or a list of them',
        description:
          'With the other formats: signs as Standard Webhooks does; a list, newest first, while it is rotated',
      }),
    ),
    headers: Type.Record(Type.String(), Type.String({ secret: true }), {
      default: {},
      description: 'Further headers, such as Authorization; they are masked wherever the config is printed',
    }),
    timeout: Type.Optional(
      Duration({ min: 1, description: "How long the target may take; timeoutMs of the plugin's entry overrides this" }),
    ),
    decide: Type.Boolean({
      default: false,
      description: 'Whether the target decides before-callbacks too, by an answer as Tencent expects it',
    }),
    circuit: Type.Union(
      [
        Type.Literal(false),
        Type.Object(
          {
            failures: Type.Integer({ default: 5, minimum: 1, description: 'Failures in a row that open the circuit' }),
            probeMs: Duration({
              default: 1000,
              min: 1,
              description: 'Until the first probe, and twice as long until each further one',
            }),
            maxProbeMs: Duration({ default: 10_000, min: 1, description: 'The longest wait between two probes' }),
          },
          { additionalProperties: false },
        ),
      ],
      {
        default: {},
        expected: '{ failures, probeMs, maxProbeMs } or false',
        description: 'A target that keeps failing is left alone, and probed with one callback; false turns that off',
      },
    ),
    rate: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,5}/[smh]$',
        expected: 'a number of callbacks a second, minute or hour, such as 100/s',
        description: 'The most after-callbacks that are sent, such as 100/s, 30/m or 500/h',
      }),
    ),
    tls: Type.Optional(Tls()),
    proxy: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s]+$',
        expected: 'the URL of an HTTP proxy',
        description: 'The proxy that leads to the target, with user and password if it needs them',
      }),
    ),
  },
  { additionalProperties: false },
)

export type Options = Type.StaticDecode<typeof options>

/**
 * How long a call waits after the target has timed out, milliseconds: other calls then show whether the target is
 * down, and in that case the call is not an attempt.
 */
const GRACE_MS = 2000
/** The default time limit of a handler, milliseconds. */
const HANDLER_MS = 30_000

/** How long an answer may take, milliseconds. */
export function limitOf({ timeout }: Options): number {
  return timeout ?? HANDLER_MS - GRACE_MS
}

/** The time limit of a handler, milliseconds; undefined for the default. */
export function handlerMs({ timeout }: Options): number | undefined {
  return timeout === undefined ? undefined : timeout + GRACE_MS
}

/** Headers that describe the message, which only the plugin knows. */
const OURS =
  /^(?:connection|content-length|content-type|expect|keep-alive|proxy-.*|te|timhook-.*|trailer|transfer-encoding|upgrade|webhook-.*)$/i
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Checks what the schema cannot.
 * @throws Error with what is wrong, in one line without a secret
 */
export function checkOptions({ url, format, token, secret, headers, circuit, tls, proxy }: Options): void {
  for (const [name, text] of Object.entries({ url, proxy }))
    if (text !== undefined && !URL.canParse(text)) throw new Error(`${name}: is not a URL`)
  if (format === 'tencent' && secret !== undefined) throw new Error('secret: format tencent signs with a token')
  if (format !== 'tencent' && token !== undefined) throw new Error(`token: format ${format} signs with a secret`)
  if (format === 'standard-webhooks' && secret === undefined)
    throw new Error(
      'secret: is required with format standard-webhooks; `echo whsec_$(openssl rand -base64 32)` makes one',
    )
  for (const one of secretsOf(secret)) {
    const { length } = keyOf(one)
    if (length < 24 || length > 64) throw new Error(`secret: expected a key of 24 to 64 bytes, got ${length}`)
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) throw new Error(`headers: ${JSON.stringify(name)} is not a name of a header`)
    if (OURS.test(name)) throw new Error(`headers: ${name} is set by timhook`)
    if (!HEADER_VALUE.test(value))
      throw new Error(`headers: the value of ${name} has characters that a header cannot have`)
  }
  if (circuit && circuit.probeMs > circuit.maxProbeMs) throw new Error('circuit: probeMs is longer than maxProbeMs')
  if (!tls) return
  if (new URL(url).protocol !== 'https:') throw new Error('tls: the url begins with http://')
  readTls(tls)
}

/** The secrets, newest first. */
export function secretsOf(secret: Options['secret']): readonly string[] {
  if (secret === undefined) return []
  return typeof secret === 'string' ? [secret] : secret
}
