// Checked by the compiler: reject codes as literals. The same lists are checked at run time by protocol/codes.test.ts.
import type { FriendCode, GiftCode, GroupCode, MessageCode, PlainCode, RejectCode } from '../../core/protocol/codes.ts'

/** Codes at the edges of each range, inside and outside. */
export const edges = {
  plain: { allowed: [1], refused: [-1, 0, 2, 10, 11, 10100, 120001] },
  group: {
    allowed: [1, 10100, 10101, 10109, 10110, 10150, 10199, 10200],
    refused: [0, 2, 10, 1010, 10099, 10201, 10210, 10300, 101000, 102100, 120001, 10100.5, -10100],
  },
  message: {
    allowed: [1, 120001, 120009, 120010, 120099, 120100, 120999, 121000, 125000, 129999, 130000],
    refused: [0, 2, 12000, 119999, 120000, 130001, 130010, 131000, 1200010, 1300000, 10100],
  },
  gift: {
    allowed: [1, 102100, 102101, 102150, 102199, 102200],
    refused: [0, 2, 10210, 102099, 102201, 102300, 1021000],
  },
  friend: { allowed: [38000, 38001, 38500, 38999, 39000], refused: [0, 1, 2, 3800, 37999, 39001, 39100, 380000] },
} as const

type Allowed<List extends readonly number[], Mask extends string> = { [I in keyof List]: RejectCode<List[I], Mask> }
/** A code that is refused must be the text that names the range. */
type Refused<List extends readonly number[], Range extends string> = { [I in keyof List]: Range }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Agrees<
  Edges extends { allowed: readonly number[]; refused: readonly number[] },
  Mask extends string,
  Range extends string,
> = [
  Same<Allowed<Edges['allowed'], Mask>, Edges['allowed']>,
  Same<Allowed<Edges['refused'], Mask>, Refused<Edges['refused'], Range>>,
]

type Edges = typeof edges
export const agreed: [
  Agrees<Edges['plain'], PlainCode, '1'>,
  Agrees<Edges['group'], GroupCode, '1 or 10100 to 10200'>,
  Agrees<Edges['message'], MessageCode, '1 or 120001 to 130000'>,
  Agrees<Edges['gift'], GiftCode, '1 or 102100 to 102200'>,
  Agrees<Edges['friend'], FriendCode, '38000 to 39000'>,
] = [
  [true, true],
  [true, true],
  [true, true],
  [true, true],
  [true, true],
]

type Reject = <const Code extends number>(code?: RejectCode<Code, MessageCode>) => void

export function calls(reject: Reject, anyNumber: number, good: 120001 | 120002, bad: 120000 | 120001): void {
  reject()
  reject(1)
  reject(130000)
  reject(anyNumber)
  reject(good)
  // @ts-expect-error the range begins at 120001
  reject(120000)
  // @ts-expect-error one of the two is outside
  reject(bad)
  // @ts-expect-error a code of groups
  reject(10100)
  // @ts-expect-error not a number
  reject('120001')
}
