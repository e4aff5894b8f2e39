import { Type, type StaticDecode } from '#typebox'
import { Duration, type DurationInput, MAX_TIMER } from '../../core/lib/units.ts'
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
  },
  {
    additionalProperties: false,
    description: 'Hands the plugin a part of the callbacks. Without it: all that it handles.',
  },
)

const RetrySchema = Type.Object(
  {
    attempts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'Attempts in all; after the last one the callback is a dead letter.',
      }),
    ),
    minMs: Type.Optional(
      Duration({ max: MAX_TIMER, description: 'Shortest wait, in milliseconds, or text such as 200ms.' }),
    ),
    maxMs: Type.Optional(
      Duration({ max: MAX_TIMER, description: 'Longest wait, in milliseconds, or text such as 10m.' }),
    ),
  },
  { additionalProperties: false, description: 'How a failed after-callback is tried again.' },
)

const OutcomeSchema = Type.Enum(['allow', 'reject', 'drop'])

const OnFailureSchema = Type.Object(
  {
    outcome: Type.Enum(['allow', 'reject', 'drop'], { description: 'The verdict.' }),
    code: Type.Optional(Type.Integer({ description: 'With reject: the code, one that the callback documents.' })),
    info: Type.Optional(Type.String({ description: 'With reject: the text, where the callback shows one.' })),
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
      Type.String({ minLength: 1, description: "Name of this entry, unique; the plugin's own name by default." }),
    ),
    enabled: Type.Boolean({ default: true, description: 'false keeps the entry without running it.' }),
    only: Type.Optional(OnlySchema),
    options: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      default: {},
      opaque: true,
      description: "The plugin's own settings, checked by the plugin's schema.",
    }),
    onFailure: Type.Optional(
      Type.Union([OutcomeSchema, OnFailureSchema], {
        expected: 'one of allow, reject, drop, or { outcome, code, info }',
        description: 'What a before-callback gets when the plugin fails or is too slow.',
      }),
    ),
    timeoutMs: Type.Optional(
      Duration({
        min: 1,
        max: MAX_TIMER,
        description: 'Milliseconds that one handler call may take, or text such as 30s.',
      }),
    ),
    setupTimeoutMs: Type.Optional(
      Duration({
        min: 1,
        max: MAX_TIMER,
        description: 'Milliseconds that loading the plugin may take, and its setup: 60000, then the start fails.',
      }),
    ),
    closeTimeoutMs: Type.Optional(
      Duration({
        min: 1,
        max: MAX_TIMER,
        description: 'Milliseconds that its close may take: 5000, then the stop goes on without it.',
      }),
    ),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'After-callbacks that the plugin works on at a time.' }),
    ),
    retry: Type.Optional(RetrySchema),
    ordered: Type.Optional(
      Type.Boolean({
        description: 'Whether a callback waiting for its retry holds up later ones of its group or conversation.',
      }),
    ),
    isolate: Type.Optional(Type.Boolean({ description: 'Run the plugin in a thread of its own.' })),
  },
  { additionalProperties: false },
)

/** One entry of the plugin list, checked, with defaults; its options are left to the plugin's own schema. */
export type PluginConfig = StaticDecode<typeof PluginSchema>

/** An entry and its place in the list. */
export type PluginEntry = PluginConfig & { index: number }

/** The plugin list; its order is the order of the before-chain. */
export const PluginsSchema = Type.Array(PluginSchema, {
  default: [],
  description: 'The plugins, in the order in which before-callbacks pass through them.',
})

/** What a person may write for one of `plugins`. */
export interface PluginInput {
  /** A plugin's name, package or path, or the plugin itself. */
  use: string | object
  id?: string
  enabled?: boolean | string
  only?: { apps?: (number | string)[]; commands?: string[] }
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
  isolate?: boolean | string
}
