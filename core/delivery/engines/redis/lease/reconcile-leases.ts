import { PartitionLease } from '../partition/partition-lease.ts'

/**
 * What TEND gives of a plugin. The time is Redis' own, in milliseconds. Of each lease: partition, fence, and 0 held before,
 * 1 new, 2 new and left by a death.
 */
export type Tended = readonly [lapsed: 0 | 1, surplus: number, at: number, ...leases: (number | string)[]]

/** Has a plugin's shares be those that are leased to us. Gives those that are more than our part: the idlest first. */
export function syncShares(
  { plugin, shares }: { readonly plugin: string; readonly shares: Map<number, PartitionLease> },
  [, surplus, at, ...leases]: Tended = [0, 0, 0],
): PartitionLease[] {
  const fences = new Map<number, string>()
  for (let i = 0; i + 2 < leases.length; i += 3) {
    const [n, fence, standing] = [Number(leases[i]), String(leases[i + 1]), leases[i + 2]]
    fences.set(n, fence)
    if (standing === 0) continue
    shares.get(n)?.lose()
    shares.set(n, new PartitionLease(plugin, { n, fence, at, clean: standing === 1 }))
  }
  for (const share of shares.values()) {
    if (fences.get(share.n) === share.fence) continue
    share.lose()
    shares.delete(share.n)
  }
  const all = [...shares.values()]
  const extra = surplus - all.filter(({ isClosing }) => isClosing).length
  const idlest = all.filter(({ isHeld }) => isHeld).toSorted((one, other) => one.running - other.running)
  return idlest.slice(0, Math.max(0, extra))
}
