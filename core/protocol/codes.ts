/**
 * The codes that a rejection may carry: inclusive ranges of numbers, and the same as masks, which the compiler checks
 * literals against. In a mask `d` stands for a digit and `n` for a digit other than 0. `default` is the code of a
 * rejection that names none.
 */
export interface Codes<Pattern extends string = string> {
  readonly default: number
  readonly ranges: readonly (readonly [from: number, to: number])[]
  readonly '~pattern'?: Pattern
}

/** Codes of callbacks whose documents nobody has read yet: any number of up to six digits. */
export type AnyCode = '~any'
/** Reject, and nothing else: 1. */
export type PlainCode = '1'
/** 1, and 10100 to 10200. */
export type GroupCode = '1' | '101dd' | '10200'
/** 1, and 120001 to 130000. */
export type MessageCode = '1' | '12000n' | '1200nd' | '120ndd' | '12nddd' | '130000'
/** 1, and 102100 to 102200. */
export type GiftCode = '1' | '1021dd' | '102200'
/** 38000 to 39000. */
export type FriendCode = '38ddd' | '39000'

export const plainCodes: Codes<PlainCode> = { default: 1, ranges: [[1, 1]] }

/** Groups, topics and group messages: the range reaches the client with its text (intl 34374, 34367, 34371). */
export const groupCodes: Codes<GroupCode> = rejectOr(10100, 10200)

/** One-to-one and official-account messages: the range reaches the client with its text (intl 34364, 60803). */
export const messageCodes: Codes<MessageCode> = rejectOr(120001, 130000)

/** Gifts in live rooms: the range reaches the client with its text (647/72210). */
export const giftCodes: Codes<GiftCode> = rejectOr(102100, 102200)

/** Friend requests: codes of a ResultItem, since a non-zero top-level code lets the request through (intl 43468). */
export const friendCodes: Codes<FriendCode> = { default: 38000, ranges: [[38000, 39000]] }

function rejectOr<Pattern extends string>(from: number, to: number): Codes<Pattern> {
  return {
    default: 1,
    ranges: [
      [1, 1],
      [from, to],
    ],
  }
}

type Nonzero = '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type Class<Letter extends string> = Letter extends 'd' ? '0' | Nonzero : Letter extends 'n' ? Nonzero : Letter

// Digit by digit: a union of all the codes of a range costs the compiler five hundred times as much.
type Fits<Code extends string, Mask extends string> = Mask extends `${infer Letter}${infer Letters}`
  ? Code extends `${Class<Letter>}${infer Digits}`
    ? Fits<Digits, Letters>
    : never
  : Code extends ''
    ? true
    : never

/** A code as it may be written: a literal must match the pattern, a plain `number` is checked when it is used. */
export type RejectCode<Code extends number, Pattern extends string> = number extends Code
  ? number
  : Code extends Code
    ? [Pattern] extends [AnyCode]
      ? Code
      : [Fits<`${Code}`, Pattern>] extends [never]
        ? RangeOf<Pattern>
        : Code
    : never

/** The range of a pattern in words: the compiler prints it if a code does not fit. */
type RangeOf<Pattern extends string> = [Pattern] extends [PlainCode]
  ? '1'
  : [Pattern] extends [GroupCode]
    ? '1 or 10100 to 10200'
    : [Pattern] extends [MessageCode]
      ? '1 or 120001 to 130000'
      : [Pattern] extends [GiftCode]
        ? '1 or 102100 to 102200'
        : [Pattern] extends [FriendCode]
          ? '38000 to 39000'
          : never

/** Whether the documents allow a rejection to carry this code. */
export function allowsCode(codes: Codes, code: number): boolean {
  return Number.isInteger(code) && codes.ranges.some(([from, to]) => code >= from && code <= to)
}
