import { Type, type StaticDecode } from '#typebox'
import { Duration, type DurationInput, MAX_TIMER, Size, type SizeInput } from '../../core/lib/units.ts'
import { SdkAppId } from './apps.ts'

const PluginObject = Type.Unsafe<object>({
  type: 'object',
  required: ['name', 'handlers'],
  properties: { name: { type: 'string', minLength: 1 }, handlers: { type: 'object' } },
  opaque: true,
  code: true,
})

const CommandPattern = Type.String({
  pattern: '^([*]|[A-Za-z][A-Za-z0-9_]*[.]([*]|[A-Za-z][A-Za-z0-9_]*))$',
  expected: "'*', 'Group.*' or a command such as 'Group.CallbackAfterGroupFull'",
})

const Patterns = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description }))

const OnlySchema = Type.Object(
  {
    apps: Type.Optional(
      Type.Array(SdkAppId(), { minItems: 1, description: 'SdkAppIDs of the apps whose callbacks the plugin gets.' }),
    ),
    commands: Type.Optional(
      Type.Array(CommandPattern, {
        minItems: 1,
        description: "Commands that the plugin gets: names, 'Group.*' or '*'.",
      }),
    ),
    groups: Patterns("Ids of groups and rooms, such as '@TGS#class-*'; * stands for any text."),
    accounts: Patterns('Accounts that a callback names (sender, receiver, member, operator), such as vip-*.'),
    msgTypes: Patterns('Types of message elements, such as TIMTextElem. One element of the message has to match.'),
  },
  {
    additionalProperties: false,
    description: 'Limits the callbacks that the plugin gets. By default it gets all that it handles.',
  },
)

const RetrySchema = Type.Object(
  {
    attempts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'Most attempts; after the last one the callback becomes a dead letter.',
      }),
    ),
    minMs: Type.Optional(
      Duration({
        max: MAX_TIMER,
        description: 'Delay that the backoff starts with: milliseconds, or text such as 200ms.',
      }),
    ),
    maxMs: Type.Optional(
      Duration({ max: MAX_TIMER, description: 'Longest delay: milliseconds, or text such as 10m.' }),
    ),
  },
  { additionalProperties: false, description: 'How failed after-callbacks are retried.' },
)

const OutcomeSchema = Type.Enum(['allow', 'reject', 'drop'])

const OnFailureSchema = Type.Object(
  {
    outcome: Type.Enum(['allow', 'reject', 'drop'], { description: 'The verdict.' }),
    code: Type.Optional(
      Type.Integer({ description: 'With reject: the code, one that is documented for the callback.' }),
    ),
    info: Type.Optional(Type.String({ description: 'With reject: the text, if the callback shows one.' })),
  },
  { additionalProperties: false },
)

const LevelSchema = Type.Enum(['worker', 'process', 'none'])

const IsolateSchema = Type.Object(
  {
    level: Type.Enum(['worker', 'process'], {
      description: 'worker: a separate thread. process: a separate child process.',
    }),
    memory: Size({
      positive: true,
      default: '256mb',
      description: 'Limit of its JavaScript heap. Beyond it the plugin ends, and is started again.',
    }),
  },
  { additionalProperties: false },
)

/** One entry of the plugin list. */
export const PluginSchema = Type.Object(
  {
    use: Type.Union([Type.String({ minLength: 1 }), PluginObject], {
      expected: 'the name of a shipped plugin or a package, or the path of a file (./my-plugin.mjs)',
      description: 'A shipped plugin, a package (timhook-plugin-NAME), or a path relative to this file.',
    }),
    id: Type.Optional(
      Type.String({ minLength: 1, description: "Unique name of this entry; by default the plugin's name." }),
    ),
    enabled: Type.Boolean({ default: true, description: 'Whether the plugin runs.' }),
    only: Type.Optional(OnlySchema),
    options: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      default: {},
      opaque: true,
      description: "Options of the plugin, checked against the plugin's schema.",
    }),
    onFailure: Type.Optional(
      Type.Union([OutcomeSchema, OnFailureSchema], {
        expected: 'one of allow, reject, drop, or { outcome, code, info }',
        description: 'Answer to a before-callback if the plugin fails or is too slow.',
      }),
    ),
    timeoutMs: Type.Optional(
      Duration({
        min: 1,
        max: MAX_TIMER,
        description: 'Timeout of one handler call: milliseconds, or text such as 30s.',
      }),
    ),
    setupTimeoutMs: Type.Optional(
      Duration({
        min: 1,
        max: MAX_TIMER,
        description: 'Timeout of loading the plugin, and of its setup; then the start fails. By default 60s.',
      }),
    ),
    closeTimeoutMs: Type.Optional(
      Duration({
        min: 1,
        max: MAX_TIMER,
        description: 'Timeout of its close; then the server stops without it. By default 5s.',
      }),
    ),
    concurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'Most after-callbacks that the plugin handles at a time.',
      }),
    ),
    retry: Type.Optional(RetrySchema),
    ordered: Type.Optional(
      Type.Boolean({
        description: 'Whether a callback that waits for its retry blocks later ones of its group or conversation.',
      }),
    ),
    isolate: Type.Optional(
      Type.Union([LevelSchema, IsolateSchema], {
        expected: 'one of worker, process, none, or { level, memory }',
        description:
          'Where the plugin runs: in a separate thread (worker) or child process (process), or with the server (none).',
      }),
    ),
  },
  { additionalProperties: false },
)

/** A checked entry of the plugin list, with defaults. The plugin's own schema checks its options. */
export type PluginConfig = StaticDecode<typeof PluginSchema>

/** An entry and its place in the list. */
export type PluginEntry = PluginConfig & { index: number }

/** The plugin list, in the order of the before-chain. */
export const PluginsSchema = Type.Array(PluginSchema, {
  default: [],
  description: 'The plugins, in the order in which before-callbacks pass through them.',
})

/** One of `plugins` as written. */
export interface PluginInput {
  /** A plugin's name, package or path, or the plugin itself. */
  use: string | object
  id?: string
  enabled?: boolean | string
  only?: {
    apps?: (number | string)[]
    commands?: string[]
    groups?: string[]
    accounts?: string[]
    msgTypes?: string[]
  }
  options?: object
  onFailure?:
    | 'allow'
    | 'reject'
    | 'drop'
    | { outcome: 'allow' | 'reject' | 'drop'; code?: number | string; info?: string }
  timeoutMs?: DurationInput
  setupTimeoutMs?: DurationInput
  closeTimeoutMs?: DurationInput
  concurrency?: number | string
  retry?: { attempts?: number | string; minMs?: DurationInput; maxMs?: DurationInput }
  ordered?: boolean | string
  isolate?: 'worker' | 'process' | 'none' | { level: 'worker' | 'process'; memory?: SizeInput }
}
