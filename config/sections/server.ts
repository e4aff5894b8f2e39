import { Type } from '#typebox'
import { type TlsInput, TlsSchema } from './tls.ts'
import { Duration, type DurationInput, MAX_TIMER, Size, type SizeInput } from '../../core/lib/units.ts'

// The characters that a URL path may contain (RFC 3986), except those that the router takes for patterns: : * + ! ( ) { } [ ]
const PATH = "^/([A-Za-z0-9._~$&',;=@/-]|%[0-9A-Fa-f]{2})*$"

const UrlPath = Type.String({
  pattern: PATH,
  expected: 'a URL path such as / or /callbacks, without : * + ! ( ) { } [ ]',
})

const Networks = Type.Array(Type.String({ minLength: 2 }), { minItems: 1 })

/** Where callbacks are received. */
export const ServerSchema = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      default: '127.0.0.1',
      description:
        'Address to listen on; 0.0.0.0 is every IPv4 address of the machine, unix:/run/timhook.sock a Unix socket.',
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: 8080,
      description: 'Port to listen on; 0 takes any free one.',
    }),
    socketMode: Type.String({
      pattern: '^0?[0-7]{3}$',
      default: '0660',
      expected: "an octal mode in quotes, such as '0660'",
      description: 'Who may connect to a Unix socket: the mode of its file.',
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
    trustProxy: Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 10 }), Networks], {
      default: false,
      expected: 'true, false, the number of proxies in front (up to 10), or a list of their networks',
      description:
        'Whether a proxy in front sets X-Forwarded-For: how many do, or the networks that they are in. Log and allowFrom then take the address from it.',
    }),
    allowFrom: Type.Optional(
      Type.Union([Networks], {
        expected: 'a list of networks such as 10.0.0.0/8',
        description: 'The networks that may send callbacks, such as 10.0.0.0/8 or 2001:db8::/32. Others get 403.',
      }),
    ),
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
  socketMode?: string
  path?: string | string[]
  deadlineMs?: DurationInput
  bodyLimit?: SizeInput
  maxInFlight?: number | string
  maxConnections?: number | string
  trustProxy?: boolean | number | string | string[]
  allowFrom?: string[]
  drainMs?: DurationInput
  stallMs?: DurationInput
  tls?: TlsInput
}
