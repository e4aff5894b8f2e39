import type { Type } from '#typebox'
import { Item, List } from '../shape.ts'
import { Account } from '../wire.ts'

/** Somebody's list, and who was put on it or taken off. */
export const pair = { From_Account: Account('Whose list it is'), To_Account: Account('Who was put on it or taken off') }

const listed = Item('Pair', pair)
export interface Pair extends Type.Static<typeof listed> {}

/** Changes of friend lists or blocklists. */
export function Pairs(description: string): Type.TUnsafe<Pair[]> {
  return List<Type.TUnsafe<Pair>>(description, listed)
}
