import { Type } from '#typebox'
import { Duration, type DurationInput, MAX_TIMER, Size, type SizeInput } from '../../core/lib/units.ts'

// The characters that a URL path may hold (RFC 3986), without those that are patterns to the router: : * + ! ( ) { } [ ]
const PATH = "^/([A-Za-z0-9._~$&',;=@/-]|%[0-9A-Fa-f]{2})*$"

const UrlPath = Type.String({
  pattern: PATH,
  expected: 'a URL path such as / or /callbacks, without : * + ! ( ) { } [ ]',
})

const TlsSchema = Type.Object(
  {
    cert: Type.String({ minLength: 1, description: 'PEM file of the certificate and its chain.' }),
    key: Type.String({ minLength: 1, description: 'PEM file of the private key.' }),
    ca: Type.Optional(
      Type.String({ minLength: 1, description: 'PEM file of the authority that client certificates must come from.' }),
    ),
  },
  { additionalProperties: false, description: 'Serve HTTPS.' },
)

/** Where callbacks are received. */
export const ServerSchema = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      default: '127.0.0.1',
      description: 'Address to listen on; 0.0.0.0 is every IPv4 address of the machine.',
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: 8080,
      description: 'Port to listen on; 0 takes any free one.',
    }),
    path: Type.Union([UrlPath, Type.Array(UrlPath, { minItems: 1 })], {
      default: '/',
      expected: 'a URL path such as /callbacks, or a non-empty list of them',
      description: 'URL path, or list of paths, that callbacks are posted to.',
    }),
    deadlineMs: Duration({
      min: 1,
      max: 60_000,
      default: 1500,
      description: 'Milliseconds after which a callback is answered, whatever its plugins do. Tencent waits 2000.',
    }),
    bodyLimit: Size({
      default: '1mb',
      positive: true,
      description: 'Largest body taken, in bytes or as text such as 1mb.',
    }),
    maxInFlight: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1000,
      description: 'Before-callbacks that may be undecided at a time; more are resolved by onFailure at once.',
    }),
    maxConnections: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 10_000,
      description: 'Connections at a time; for each one more the one that has been idle longest is closed.',
    }),
    trustProxy: Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 10 })], {
      default: false,
      expected: 'true, false, or the number of proxies in front, up to 10',
      description:
        'Whether a proxy (or how many) adds to X-Forwarded-For: the log then names the address that it tells.',
    }),
    drainMs: Duration({
      max: MAX_TIMER,
      default: 10_000,
      description: 'Milliseconds that a stop waits for requests to finish.',
    }),
    stallMs: Duration({
      min: 1000,
      max: MAX_TIMER,
      default: 30_000,
      description: 'Milliseconds that a plugin may hold the event loop; then the process ends, to be started anew.',
    }),
    tls: Type.Optional(TlsSchema),
  },
  { additionalProperties: false, default: {}, description: 'Where callbacks are received.' },
)

/** What a person may write under `server`. */
export interface ServerInput {
  host?: string
  port?: number | string
  path?: string | string[]
  deadlineMs?: DurationInput
  bodyLimit?: SizeInput
  maxInFlight?: number | string
  maxConnections?: number | string
  trustProxy?: boolean | number | string
  drainMs?: DurationInput
  stallMs?: DurationInput
  tls?: { cert: string; key: string; ca?: string }
}
