import type { Callback } from '../../callback/callback.ts'
import { orderKeyOf } from '../../protocol/order-key.ts'
import type { AfterRoute } from '../../registry.ts'

/** The order key of a callback, across all commands of its app; undefined if it has no order. */
export function orderOf(callback: Callback, { definition }: AfterRoute): string | undefined {
  const { fits, body } = callback.reading
  // A key with a missing part would be the key of other callbacks.
  const order = fits && definition && orderKeyOf(definition.order, body)
  return order ? `${callback.sdkAppId}\u0000${order}` : undefined
}
