import { Type } from '#typebox'
import { type TlsInput, TlsSchema } from './tls.ts'

const AdminListener = Type.Object(
  {
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address of the admin listener.' }),
    port: Type.Integer({ minimum: 0, maximum: 65535, default: 8081, description: 'Port of the admin listener.' }),
    token: Type.Optional(
      Type.String({
        minLength: 1,
        secret: true,
        description: 'Bearer token for everything but /healthz and /readyz; required on a host that is not loopback.',
      }),
    ),
    metrics: Type.Enum(['token', 'open'], {
      default: 'token',
      description: 'open: /metrics needs no token.',
    }),
    page: Type.Boolean({ default: true, description: 'Whether the page at / and its JSON under /api/ are served.' }),
    bodies: Type.Boolean({ default: false, description: 'Whether the page may show the bodies of callbacks.' }),
    write: Type.Boolean({ default: false, description: 'Whether the page may send test callbacks.' }),
    tls: Type.Optional(TlsSchema),
  },
  { additionalProperties: false },
)

/** The separate listener for health, metrics and the page. */
export const AdminSchema = Type.Union([Type.Literal(false), AdminListener], {
  default: {},
  expected: 'false, or a section with host, port and token',
  description: 'Listener for /healthz, /readyz, /metrics and the page; false turns it off.',
})

/** The section `admin` as written. */
export type AdminInput =
  | false
  | {
      host?: string
      port?: number | string
      token?: string
      metrics?: 'token' | 'open'
      page?: boolean | string
      bodies?: boolean | string
      write?: boolean | string
      tls?: TlsInput
    }
