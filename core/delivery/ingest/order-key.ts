import type { Callback } from '../../callback/callback.ts'
import { orderKeyOf } from '../../protocol/order-key.ts'
import type { Route } from '../../registry.ts'

/** What a callback is kept in order with, over all commands of its app; undefined where there is no order. */
export function orderOf(callback: Callback, route: Route): string | undefined {
  const { fits, body } = callback.reading
  // What is left of the parts of a key, once something of them is left out, would be the key of others.
  const order = fits && route.phase === 'after' && route.definition && orderKeyOf(route.definition.order, body)
  return order ? `${callback.sdkAppId}\u0000${order}` : undefined
}
