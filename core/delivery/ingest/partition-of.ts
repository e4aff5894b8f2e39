/** The partition of an order key, or of the identity of a callback without one. FNV-1a over its UTF-16 units. */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0
  let hash = 0x81_1c_9d_c5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01_00_01_93)
  return (hash >>> 0) % partitions
}
