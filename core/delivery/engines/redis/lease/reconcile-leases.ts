import { PartitionLease } from '../partition/partition-lease.ts'

/**
 * The reply of HEARTBEAT for one plugin. The time is that of Redis, in milliseconds. Each lease has its partition, its
 * fence, and a standing: 0 held before, 1 new, 2 new and left by a crash.
 */
export type HeartbeatReply = readonly [lapsed: 0 | 1, surplus: number, at: number, ...rows: (number | string)[]]

/** Makes the leases of a plugin agree with the reply. Returns the leases beyond the fair share, the idlest first. */
export function reconcileLeases(
  { plugin, leases }: { readonly plugin: string; readonly leases: Map<number, PartitionLease> },
  [, surplus, at, ...rows]: HeartbeatReply = [0, 0, 0],
): PartitionLease[] {
  const fences = new Map<number, string>()
  for (let i = 0; i + 2 < rows.length; i += 3) {
    const [n, fence, standing] = [Number(rows[i]), String(rows[i + 1]), rows[i + 2]]
    fences.set(n, fence)
    if (standing === 0) continue
    leases.get(n)?.lose()
    leases.set(n, new PartitionLease(plugin, { n, fence, at, clean: standing === 1 }))
  }
  for (const lease of leases.values()) {
    if (fences.get(lease.n) === lease.fence) continue
    lease.lose()
    leases.delete(lease.n)
  }
  const all = [...leases.values()]
  const extra = surplus - all.filter(({ isClosing }) => isClosing).length
  const idlest = all.filter(({ isHeld }) => isHeld).toSorted((a, b) => a.running - b.running)
  return idlest.slice(0, Math.max(0, extra))
}
