import { Type } from '#typebox'
import { Duration, Size, type DurationInput, type SizeInput } from '../../core/lib/units.ts'

const SqliteSchema = Type.Object(
  {
    file: Type.String({
      minLength: 1,
      default: 'data/timhook.db',
      description: 'Database file, relative to the working directory.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'Settings of the sqlite engine.' },
)

const RedisSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        pattern: '^rediss?://[^\\s/]+(/[0-9]*)?$',
        expected: 'a URL such as redis://127.0.0.1:6379, with / and @ of a password written as %2F and %40',
        description: 'Such as redis://127.0.0.1:6379, or rediss://user:password@host:6380/0 with TLS.',
      }),
    ),
    sentinels: Type.Optional(
      Type.Array(Type.String({ pattern: '^(\\[[0-9a-fA-F:]+\\]|[^\\s:/@]+)(:[0-9]{1,5})?$', expected: 'host:port' }), {
        minItems: 1,
        description: 'Addresses of the sentinels, each as host:port; instead of url.',
      }),
    ),
    name: Type.Optional(Type.String({ minLength: 1, description: 'Name of the primary at the sentinels.' })),
    username: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'User of the Redis behind the sentinels; by default the default user.',
      }),
    ),
    password: Type.Optional(
      Type.String({ minLength: 1, secret: true, description: 'Password of the Redis behind the sentinels.' }),
    ),
    sentinelPassword: Type.Optional(
      Type.String({ minLength: 1, secret: true, description: 'Password of the sentinels themselves.' }),
    ),
    prefix: Type.String({ minLength: 1, default: 'timhook', description: 'Prefix of every key.' }),
    durability: Type.Enum(['strict', 'relaxed'], {
      default: 'strict',
      description: 'strict: refuse to start with a Redis that may lose acknowledged callbacks; relaxed: start anyway.',
    }),
  },
  { additionalProperties: false, description: 'Settings of the redis engine.' },
)

const PostgresSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^postgres(ql)?://\\S+$',
      expected: 'a URL such as postgres://user:password@127.0.0.1:5432/timhook',
      description:
        'Such as postgres://user:password@host:5432/database?sslmode=verify-full; several hosts, separated by commas, for a failover.',
    }),
    password: Type.Optional(
      Type.String({ minLength: 1, secret: true, description: 'Password, instead of one in the URL.' }),
    ),
    schema: Type.String({
      minLength: 1,
      maxLength: 63,
      default: 'timhook',
      description: 'The schema of the tables, which the server creates.',
    }),
    ssl: Type.Optional(
      Type.Object(
        {
          mode: Type.Enum(['require', 'verify-ca', 'verify-full'], {
            default: 'verify-full',
            description: 'What is checked of the server’s certificate: nothing, its authority, or also its name.',
          }),
          ca: Type.Optional(Type.String({ minLength: 1, description: 'PEM file with the authorities to trust.' })),
          cert: Type.Optional(Type.String({ minLength: 1, description: "PEM file with the user's certificate." })),
          key: Type.Optional(Type.String({ minLength: 1, description: 'PEM file with its private key.' })),
        },
        { additionalProperties: false, description: 'TLS; sslmode in the URL suffices if no files are needed.' },
      ),
    ),
    durability: Type.Enum(['strict', 'relaxed'], {
      default: 'strict',
      description: 'strict refuses a PostgreSQL that may lose what it has acknowledged.',
    }),
  },
  { additionalProperties: false, description: 'Settings of the postgres engine.' },
)

const RetentionSchema = Type.Object(
  {
    age: Duration({ default: '7d', description: 'How long finished callbacks are kept.' }),
    size: Size({
      default: '4gb',
      description: 'Size limit of the store; above it the oldest finished callbacks are deleted.',
    }),
    deadLetters: Duration({ default: '30d', description: 'How long dead letters are kept.' }),
    bodies: Type.Enum(['kept', 'finished'], {
      default: 'kept',
      description:
        'kept: bodies stay as long as their callbacks; finished: they are deleted once every plugin is done with the callback, which cannot be replayed from then on (sqlite and postgres).',
    }),
  },
  { additionalProperties: false, default: {}, description: 'When finished callbacks are deleted.' },
)

/** How after-callbacks are stored and delivered to plugins. */
export const DeliverySchema = Type.Object(
  {
    engine: Type.Enum(['memory', 'sqlite', 'redis', 'postgres'], {
      default: 'sqlite',
      description: 'Where callbacks are stored.',
    }),
    sqlite: SqliteSchema,
    redis: Type.Optional(RedisSchema),
    postgres: Type.Optional(PostgresSchema),
    resendWindow: Duration({
      default: '10m',
      description: 'How long an identical callback counts as a resend and is not delivered again; 0 turns this off.',
    }),
    retention: RetentionSchema,
    keepRemoved: Duration({
      default: '24h',
      description:
        'How long the backlog of a plugin that is no longer in the config is kept; then it becomes dead letters.',
    }),
    maxBacklog: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Most callbacks that may wait for one plugin; above it the oldest become dead letters.',
      }),
    ),
  },
  { additionalProperties: false, default: {}, description: 'How after-callbacks are stored and delivered to plugins.' },
)

/** The section `delivery` as written. */
export interface DeliveryInput {
  engine?: 'memory' | 'sqlite' | 'redis' | 'postgres'
  sqlite?: { file?: string }
  redis?: {
    url?: string
    sentinels?: string[]
    name?: string
    username?: string
    password?: string
    sentinelPassword?: string
    prefix?: string
    durability?: 'strict' | 'relaxed'
  }
  postgres?: {
    url: string
    password?: string
    schema?: string
    ssl?: { mode?: 'require' | 'verify-ca' | 'verify-full'; ca?: string; cert?: string; key?: string }
    durability?: 'strict' | 'relaxed'
  }
  resendWindow?: DurationInput
  retention?: { age?: DurationInput; size?: SizeInput; deadLetters?: DurationInput; bodies?: 'kept' | 'finished' }
  keepRemoved?: DurationInput
  maxBacklog?: number | string
}
