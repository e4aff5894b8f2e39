import type { Callback } from '../../callback/callback.ts'
import { orderKeyOf, SEPARATOR } from '../../protocol/order-key.ts'
import type { AfterRoute } from '../../registry.ts'

/** The order key of a callback, across all commands of its app; undefined if it has no order. */
export function orderOf(callback: Callback, { definition }: AfterRoute): string | undefined {
  const { fits, body } = callback.reading
  // A key with a missing part would be the key of other callbacks.
  const order = fits && definition && orderKeyOf(definition.order, body)
  if (!order) return undefined
  // A text of SQLite or PostgreSQL cannot hold NUL. Nearly no id has one, and looking is cheaper than replacing.
  const stored = order.includes('\u0000') ? order.replaceAll('\u0000', SEPARATOR) : order
  return `${callback.sdkAppId}${SEPARATOR}${stored}`
}

/** The partition of an order key, or of the identity of a callback without one. FNV-1a over its UTF-16 units. */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0
  let hash = 0x81_1c_9d_c5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01_00_01_93)
  return (hash >>> 0) % partitions
}
