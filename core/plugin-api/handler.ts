import type { Awaitable } from '../lib/completion.ts'
import type { AnyCode } from '../protocol/codes.ts'
import type { Command, DefinitionOf, Known } from '../protocol/commands.ts'
import type { AfterDefinition, BeforeDefinition, Outcome, Phase } from '../protocol/define.ts'
import type { AfterContext, BeforeContext, UnknownCommand } from './handler-context.ts'
import type { Verdict } from './verdict.ts'

/** How failed after-callbacks are retried: exponential backoff from minMs to maxMs milliseconds, with full jitter. */
export interface Retry {
  attempts?: number
  minMs?: number
  maxMs?: number
}

/** A setting, or a function of the plugin's options that returns it. */
export type OfOptions<Value, Options> = Value | ((options: Options) => Value)

interface Settings<Options> {
  /** Time limit of one call, milliseconds. */
  timeoutMs?: OfOptions<number | undefined, Options>
}

/** A handler with its own settings; the plugin's entry in the config overrides them. */
export interface AfterSettings<Options = never> extends Settings<Options> {
  /** Limit of concurrent calls; default 16. */
  concurrency?: OfOptions<number, Options>
  retry?: Retry
  /** Whether a callback that waits for its retry blocks later ones of its order key. */
  ordered?: boolean
}

export interface BeforeSettings<Failure extends Outcome = Outcome, Options = never> extends Settings<Options> {
  /** The answer if the handler throws, times out or is not reached. */
  onFailure?: OfOptions<OnFailure<Failure>, Options>
}

/** An outcome; the long form can give a rejection the code and info that reach the client. */
export type OnFailure<Failure extends Outcome = Outcome> =
  | Failure
  | { readonly outcome: Failure; readonly code?: number | undefined; readonly info?: string | undefined }

/** Settings of a handler that accepts bodies without their required fields; bodies are plain records then. */
interface Faulty {
  /** Whether it is called for bodies whose required fields are missing or have the wrong type. Those have no order. */
  faulty: true
}

/**
 * Declared on functions too: the compiler distinguishes the kinds of handlers by a property that all of them may have.
 */
interface NotFaulty {
  faulty?: false
}

type AfterReturn = Awaitable<void>
type BeforeReturn = Awaitable<Verdict | void>
type OrSettings<Handle, More> = Handle | (More & { handle: Handle })

type ContextOf<D, Options, State> =
  D extends BeforeDefinition<infer Name, infer Body, infer Fields, infer Pattern, infer Drop>
    ? BeforeContext<Name, Body, Fields, Pattern, Drop, Options, State>
    : D extends AfterDefinition<infer Name, infer Body>
      ? AfterContext<Name, Body, Options, State>
      : never

type HandlerOf<D, Options, State> = D extends { phase: 'before'; drop: infer Drop }
  ? OrSettings<
      (context: ContextOf<D, Options, State>) => BeforeReturn,
      BeforeSettings<Drop extends true ? Outcome : Exclude<Outcome, 'drop'>, Options>
    >
  : D extends { command: infer Name extends string }
    ? | OrSettings<
          ((context: ContextOf<D, Options, State>) => AfterReturn) & NotFaulty,
          AfterSettings<Options> & NotFaulty
        >
      | (AfterSettings<Options> & Faulty & { handle: (context: RecordContext<Name, Options, State>) => AfterReturn })
    : never

type AnyBody = Record<string, unknown>
type RecordContext<Name extends string, Options, State> = AfterContext<Name, AnyBody, Options, State>

type Category = Known['command'] extends infer C ? (C extends `${infer Head}.${string}` ? Head : never) : never

/** A callback that is not in the table, with any body. Its name says whether the answer decides. */
type UnknownContext<Options, State> =
  | RecordContext<UnknownCommand, Options, State>
  | BeforeContext<UnknownCommand, AnyBody, AnyBody, AnyCode, false, Options, State>

type WildcardContext<Head extends string, Options, State> =
  | ContextOf<Extract<Known, { command: `${Head}.${string}` }>, Options, State>
  | UnknownContext<Options, State>

type WildcardSettings<Options> = AfterSettings<Options> &
  BeforeSettings<Outcome, Options> & {
    faulty?: boolean
    /** The only phase whose callbacks it handles, whatever the wildcard covers. */
    phase?: OfOptions<Phase | undefined, Options>
  }

type WildcardHandler<Head extends string, Options, State> = OrSettings<
  (context: WildcardContext<Head, Options, State>) => BeforeReturn,
  WildcardSettings<Options>
>

/** The handler of one command, or an object with it and its settings. */
export type Handler<Name extends Command, Options, State> = HandlerOf<DefinitionOf<Name>, Options, State>

/** Handlers by category (`Group.*`) or for all (`*`). */
export type Wildcards<Options, State> = {
  [Head in Category as `${Head}.*`]?: WildcardHandler<Head, Options, State>
} & { '*'?: WildcardHandler<string, Options, State> }

/**
 * The function that handles a command, a category (`Group.*`) or all (`*`), for use in a separate file:
 * `const onFull: On<'Group.CallbackAfterGroupFull', Options, State> = async ({ body }) => { … }`.
 */
export type On<Name extends Command | `${Category}.*` | '*', Options = unknown, State = unknown> = Name extends Command
  ? DefinitionOf<Name> extends { phase: 'before' }
    ? (context: ContextOf<DefinitionOf<Name>, Options, State>) => BeforeReturn
    : (context: ContextOf<DefinitionOf<Name>, Options, State>) => AfterReturn
  : Name extends `${infer Head}.*`
    ? (context: WildcardContext<Head, Options, State>) => BeforeReturn
    : (context: WildcardContext<string, Options, State>) => BeforeReturn

/**
 * A handler for a command that timhook does not know, by its exact name, with any body. Plain keys for these would hide
 * misspelt commands: `handlers: { ...onUnknown('Group.CallbackAfterSomethingNew', ({ body }) => { … }) }`.
 */
export function onUnknown<Options = unknown, State = unknown>(
  command: string,
  handler: OrSettings<(context: UnknownContext<Options, State>) => BeforeReturn, WildcardSettings<Options>>,
): object {
  return { [command]: handler }
}
