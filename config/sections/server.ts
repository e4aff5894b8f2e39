import { Type } from '#typebox'
import { Duration, type DurationInput, MAX_TIMER, Size, type SizeInput } from '../../core/lib/units.ts'

// The characters that a URL path may contain (RFC 3986), except those that the router takes for patterns: : * + ! ( ) { } [ ]
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
      Type.String({
        minLength: 1,
        description: 'PEM file of the authority that must have signed client certificates.',
      }),
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
      description: 'URL path, or list of paths, for the callbacks.',
    }),
    deadlineMs: Duration({
      min: 1,
      max: 60_000,
      default: 1500,
      description: 'Milliseconds until a callback is answered, whatever the plugins do. Tencent waits 2000.',
    }),
    bodyLimit: Size({
      default: '1mb',
      positive: true,
      description: 'Largest body that is accepted: bytes, or text such as 1mb.',
    }),
    maxInFlight: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1000,
      description: 'Most undecided before-callbacks at a time; further ones are answered by onFailure at once.',
    }),
    maxConnections: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 10_000,
      description: 'Most connections at a time; each further one closes the one that has been idle longest.',
    }),
    trustProxy: Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 10 })], {
      default: false,
      expected: 'true, false, or the number of proxies in front, up to 10',
      description:
        'Whether a proxy in front sets X-Forwarded-For (or how many do); the log then shows the address from it.',
    }),
    drainMs: Duration({
      max: MAX_TIMER,
      default: 10_000,
      description: 'Milliseconds that a stopping server keeps accepting requests, so that clients can leave.',
    }),
    stallMs: Duration({
      min: 1000,
      max: MAX_TIMER,
      default: 30_000,
      description:
        'Milliseconds that a plugin may block the event loop; then the process ends, and a service manager restarts it.',
    }),
    tls: Type.Optional(TlsSchema),
  },
  { additionalProperties: false, default: {}, description: 'Where callbacks are received.' },
)

/** The section `server` as written. */
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
