import { Type } from '#typebox'

/**
 * Field types as they occur on the wire. Tencent's documents and its traffic differ: integers come quoted, account
 * ids come bare. Each type accepts both forms; `wire` tells the body reader which one a handler is to see, and where
 * a message is.
 */
export type Wire = 'integer' | 'number' | 'account' | 'msg-body'

const DIGITS = '^-?[0-9]+$'
const DECIMAL = '^-?[0-9]+([.][0-9]+)?$'

/** An integer, also accepted as a digit string. Handlers get a number (beyond 2^53: the string of its digits). */
export function Integer(description: string, options: { values?: readonly number[] } = {}): Type.TUnsafe<number> {
  return Type.Unsafe<number>({
    type: ['integer', 'string'],
    pattern: DIGITS,
    description,
    wire: 'integer' satisfies Wire,
    expected: 'integer',
    ...(options.values && { values: options.values }),
  })
}

/** An integer, or some of them by name. Handlers get a number, or the object as it came. */
export function IntegerOrMap(description: string): Type.TUnsafe<number | Record<string, unknown>> {
  return Type.Unsafe<number | Record<string, unknown>>({
    type: ['integer', 'string', 'object'],
    pattern: DIGITS,
    description,
    wire: 'integer' satisfies Wire,
    expected: 'integer or object',
  })
}

/** A number that need not be whole, also accepted as a decimal string. Handlers get a number. */
export function Decimal(description: string): Type.TUnsafe<number> {
  return Type.Unsafe<number>({
    type: ['number', 'string'],
    pattern: DECIMAL,
    description,
    wire: 'number' satisfies Wire,
    expected: 'number',
  })
}

/** A user id, also accepted as an integer literal. Handlers get the string of its digits, none of them lost. */
export function Account(description: string): Type.TUnsafe<string> {
  return Type.Unsafe<string>({
    type: ['string', 'integer'],
    description,
    wire: 'account' satisfies Wire,
    expected: 'string or integer',
  })
}

/** Any text. */
export function Text(description: string): Type.TString {
  return Type.String({ description })
}

/** Text with values that the documents name. Other values pass: new ones appear before the documents know them. */
export function Word<const V extends string>(description: string, values: readonly V[]): Type.TUnsafe<V | OtherWord> {
  return Type.Unsafe<V | OtherWord>({ type: 'string', description, values, expected: 'string' })
}

/** A string other than the documented ones; keeps editors completing the documented ones. */
export type OtherWord = string & Record<never, never>

/** Any value; handlers get it as it came. */
export function Anything(description: string): Type.TUnsafe {
  return Type.Unsafe<unknown>(Type.Unknown({ description }))
}

/** True or false. */
export function Bool(description: string): Type.TBoolean {
  return Type.Boolean({ description })
}

/** An integer in some cases and text in others; handlers get it as it came. */
export function IntegerOrText(description: string): Type.TUnsafe<number | string> {
  return Type.Unsafe<number | string>({ type: ['integer', 'string'], description, expected: 'integer or string' })
}

/** True or false, seen as the text `"false"` too; handlers get it as it came. */
export function BoolOrText(description: string): Type.TUnsafe<boolean | 'true' | 'false' | OtherWord> {
  return Type.Unsafe<boolean | 'true' | 'false' | OtherWord>({
    type: ['boolean', 'string'],
    description,
    expected: 'boolean or string',
  })
}
