import { requestOverLimit } from './alert/request-over-limit.ts'
import { bot } from './bot/table.ts'
import { c2c } from './c2c/table.ts'
import { call } from './call/table.ts'
import { resultNotify } from './content/result-notify.ts'
import type { AfterDefinition, BeforeDefinition, Definition } from './define.ts'
import { sessionEventNotify } from './desk/session-event-notify.ts'
import { follow } from './follow/table.ts'
import { group } from './group/table.ts'
import { live } from './live/table.ts'
import { officialAccount } from './official-account/table.ts'
import { portraitSet } from './profile/portrait-set.ts'
import { push } from './push/table.ts'
import { room } from './room/table.ts'
import { sns } from './sns/table.ts'
import { stateChange } from './state/state-change.ts'
import { topic } from './topic/table.ts'

/** Every callback that is known, in the order of the table in docs/en/reference/callbacks.md: one line a definition, here or in a category. */
const definitions = [
  requestOverLimit,
  ...bot,
  ...c2c,
  ...call,
  resultNotify,
  sessionEventNotify,
  ...follow,
  ...group,
  ...live,
  ...officialAccount,
  portraitSet,
  ...push,
  ...room,
  ...sns,
  stateChange,
  ...topic,
] as const

/** The definitions that are known, as a union. */
export type Known = (typeof definitions)[number]

type Table = { [D in Known as D['command']]: D }

/** Names of the callbacks that are known. */
export type Command = keyof Table
/** The definition of one callback. */
export type DefinitionOf<C extends Command> = Table[C]
/** The body that one callback brings. */
export type CallbackOf<C extends Command> = Table[C]['sample']

/** Names of the callbacks whose answer decides. */
export type BeforeCommand = Extract<Known, { phase: 'before' }>['command']
/** Names of the callbacks that report what has happened. */
export type AfterCommand = Exclude<Command, BeforeCommand>

/** Any callback that is known; comparing its `command` shows which body it has. */
export type AnyCallback = { [C in Command]: { command: C; body: CallbackOf<C> } }[Command]

/** Command → definition. A Map, so that a command named `constructor` finds nothing. */
export const commands: ReadonlyMap<string, Definition> = new Map<string, Definition>(
  definitions.map((definition: AfterDefinition | BeforeDefinition) => [definition.command, definition]),
)
