import { Type } from '#typebox'
import type { Codes } from './codes.ts'
import { type OrderKey, unordered } from './order-key.ts'
import { optionals } from './shape.ts'

export type Phase = 'before' | 'after'
/** The possible answers to a before-callback. */
export type Outcome = 'allow' | 'reject' | 'drop'
/** How a failed handler is resolved. `code` and `info` go with a rejection. */
export interface FailureVerdict {
  readonly outcome: Outcome
  readonly code?: number | undefined
  readonly info?: string | undefined
}

interface Described {
  /** What happened, in both languages of the documents. */
  readonly title: { readonly en: string; readonly zh: string }
  /** Numbers of the documents it is taken from: product 1047 (intl), 269 (cn), or another as PRODUCT/NUMBER. */
  readonly docs: { readonly intl?: number; readonly cn?: number; readonly other?: string }
}

/** Something has happened: the answer's content is ignored. */
export interface AfterDefinition<Command extends string = string, Body extends object = object> extends Described {
  readonly phase: 'after'
  readonly command: Command
  readonly request: Type.TSchema
  readonly order: OrderKey
  readonly sample: Body
}

/** Something is about to happen: the answer decides. */
export interface BeforeDefinition<
  Command extends string = string,
  Body extends object = object,
  Fields extends object = object,
  Pattern extends string = string,
  Drop extends boolean = boolean,
> extends Described {
  readonly phase: 'before'
  readonly command: Command
  readonly request: Type.TSchema
  /** The fields that an allowing answer may carry. */
  readonly answer: Type.TSchema
  /** The codes that a rejection may carry. */
  readonly codes: Codes<Pattern>
  /** Where each target is decided on its own: the body's list of targets. The top-level code then stays 0. */
  readonly perTarget: PerTarget | undefined
  /** Whether code 2, a silent drop, is documented. */
  readonly drop: Drop
  /** What Tencent does when it gets no answer in time. */
  readonly onFailure: Exclude<Outcome, 'drop'>
  readonly sample: Body
  readonly '~fields'?: Fields
}

/** A list in the body whose entries are decided one by one in the answer's ResultItem, by their `To_Account`. */
export interface PerTarget {
  readonly list: string
}

export type Definition = AfterDefinition | BeforeDefinition

/** Every body may repeat the command. */
interface Callback {
  CallbackCommand?: string
}

type CommandOf<Body extends Callback> = NonNullable<Body['CallbackCommand']>

type BodyOf<Command extends string, Fields extends Type.TProperties, Required extends keyof Fields> = {
  CallbackCommand?: Command
} & { [Name in Required]: Type.Static<Fields[Name]> } & {
  [Name in Exclude<keyof Fields, Required>]?: Type.Static<Fields[Name]>
}

/** The schema of a body; it knows the command that the body repeats. */
export interface Request<Body extends Callback> extends Type.TUnsafe<Body> {
  readonly properties: { readonly CallbackCommand: Type.TLiteral<CommandOf<Body>> }
}

/**
 * The body of a callback. All but the `required` fields may be missing, and it may contain more than is documented.
 * Required are those that keep callbacks in order, and the message.
 */
export function body<
  const Command extends string,
  Fields extends Type.TProperties,
  Required extends Extract<keyof Fields, string> = never,
>(command: Command, required: readonly Required[], fields: Fields): Request<BodyOf<Command, Fields, Required>> {
  const always = Object.fromEntries(required.map((name) => [name, fields[name] as Type.TSchema]))
  const CallbackCommand = Type.Literal(command, { description: 'The command, repeated from the URL' })
  const schema = Type.Object({ ...optionals({ CallbackCommand, ...fields }), ...always })
  return schema as unknown as Request<BodyOf<Command, Fields, Required>>
}

/** Defines an after-callback. `order` says which callbacks it is kept in order with. */
export function after<Body extends Callback>(
  definition: Described & { request: Request<Body>; order?: OrderKey; sample: Body },
): AfterDefinition<CommandOf<Body>, Body> {
  const command = definition.request.properties.CallbackCommand.const
  return { phase: 'after', command, order: unordered, ...definition }
}

/** Defines a before-callback: its body, the fields of an allowing answer, the codes of a rejection, whether it drops. */
export function before<
  Body extends Callback,
  Fields extends object,
  Pattern extends string,
  Drop extends boolean = false,
>(
  definition: Described & {
    request: Request<Body>
    answer: Type.TUnsafe<Fields>
    codes: Codes<Pattern>
    drop: Drop
    perTarget?: PerTarget
    onFailure?: 'allow' | 'reject'
    sample: Body
  },
): BeforeDefinition<CommandOf<Body>, Body, Fields, Pattern, Drop> {
  const command = definition.request.properties.CallbackCommand.const
  return { phase: 'before', command, perTarget: undefined, onFailure: 'allow', ...definition }
}
