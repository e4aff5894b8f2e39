import type { Type } from '#typebox'
import { Item, List } from '../shape.ts'
import { Account } from '../wire.ts'

export const Official_Account = Account('The official account; its id begins with @TOA#_')

const subscriber = Item('Subscriber', { Subscriber_Account: Account('User id') })
/** A subscriber of an official account. */
export interface Subscriber extends Type.Static<typeof subscriber> {}

/** Subscribers of an official account. */
export function Subscribers(description: string): Type.TUnsafe<Subscriber[]> {
  return List<Type.TUnsafe<Subscriber>>(description, subscriber)
}
